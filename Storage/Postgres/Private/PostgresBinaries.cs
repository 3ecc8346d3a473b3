using System.Globalization;

namespace JobForge.Storage.Postgres.Private;

/// <summary>Where PostgreSQL's programs lie: the newest packaged version, else whatever the search path holds.</summary>
/// <param name="Folder">Holds initdb, pg_ctl and postgres; psql and pg_dump as a rule.</param>
public sealed record PostgresBinaries(string Folder)
{
    /// <summary>The folders in which Linux distributions keep one server version each.</summary>
    private static readonly string[] VersionRoots = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"];

    /// <param name="major">Only this major version, since an existing cluster can be read by no other; null: the newest.</param>
    /// <exception cref="PostgresNotFoundException">There is none on this machine.</exception>
    public static PostgresBinaries Find(int? major = null)
    {
        var folders = PackagedFolders(major).Concat(SearchPath()).ToArray();
        return folders.FirstOrDefault(folder => Has(folder, "initdb") && Has(folder, "pg_ctl")) is { } found
            ? new PostgresBinaries(found)
            : throw new PostgresNotFoundException(major, [.. VersionRoots.Select(root => root + "/*/bin"), .. SearchPath().Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The path of one of the programs, e.g. <c>pg_ctl</c>.</summary>
    public string Program(string name) => Path.Combine(Folder, name);

    private static IEnumerable<string> PackagedFolders(int? major) =>
        VersionRoots.Where(Directory.Exists).SelectMany(Directory.GetDirectories)
            .Select(folder => (Folder: folder, Version: VersionOf(folder)))
            .Where(one => one.Version is not null && (major is null || one.Version == major))
            .OrderByDescending(one => one.Version)
            .Select(one => Path.Combine(one.Folder, "bin"));

    private static int? VersionOf(string folder) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    /// <summary>A link whose target is gone exists and cannot be run.</summary>
    private static bool Has(string folder, string program)
    {
        var file = new FileInfo(Path.Combine(folder, program));
        return file.Exists && (file.ResolveLinkTarget(returnFinalTarget: true)?.Exists ?? true);
    }

    private static string[] SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>No PostgreSQL server is installed here, or not the version that a folder needs.</summary>
public sealed class PostgresNotFoundException(int? major, IReadOnlyList<string> places) : FileNotFoundException(
    $"PostgreSQL's server programs (initdb, pg_ctl){(major is null ? "" : $" of version {major}")} are not on this machine. Looked in: {string.Join(", ", places)}. "
    + "Install PostgreSQL 15 or newer, or name a server that runs already.");
