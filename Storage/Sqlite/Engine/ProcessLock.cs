namespace JobForge.Storage.Sqlite.Engine;

/// <summary>
/// The exclusive lock file beside the database. The operating system frees it when its process dies, however it dies, so holding it
/// proves that no earlier process lives.
/// </summary>
internal sealed class ProcessLock : IDisposable
{
    private readonly FileStream _file;

    private ProcessLock(FileStream file) => _file = file;

    /// <exception cref="StoreInUseException">Another process, or another store of this one, holds it.</exception>
    public static ProcessLock Take(string databasePath)
    {
        try
        {
            return new ProcessLock(new FileStream(databasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException held) when (held is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new StoreInUseException(databasePath, held);
        }
    }

    public void Dispose() => _file.Dispose();
}
