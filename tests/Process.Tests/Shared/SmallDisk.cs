using System.Diagnostics;
using JobForge.Process.Tests.Drive;
using OsProcess = System.Diagnostics.Process;

namespace JobForge.Process.Tests.Shared;

/// <summary>A file system of its own in memory, that can be filled to its last byte. Needs root on Linux, and the right to mount.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly DataFolder _folder;

    private SmallDisk(DataFolder folder) => _folder = folder;

    public string Path => _folder.Path;

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Skips the test, and says why, where it cannot be had.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A disk to fill needs root on Linux.");
        var folder = new DataFolder();
        var said = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=755", "jobforge-test", folder.Path);
        if (said.Length > 0)
        {
            folder.Dispose();
            Assert.Skip($"A disk to fill could not be mounted: {said}");
        }

        return new SmallDisk(folder);
    }

    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var piece = new byte[64 * 1024];
        try
        {
            while (true)
            {
                ballast.Write(piece);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", Path);
        _folder.Dispose();
    }

    /// <returns>What it said when it failed; else nothing.</returns>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = OsProcess.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? "" : $"{program} {process.ExitCode}: {said}";
    }
}
