namespace JobForge.Storage.Postgres.Private;

/// <summary>The operating system's account that the server runs under. PostgreSQL refuses to run as root, so root hands it to another one.</summary>
internal sealed class ServerAccount
{
    private readonly string? _user;
    private readonly string[] _launcher;

    private ServerAccount(string? user, string[] launcher)
    {
        _user = user;
        _launcher = launcher;
    }

    /// <exception cref="InvalidOperationException">This is root, and there is no account or no program to leave it with.</exception>
    public static ServerAccount Choose()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(null, []);
        }

        var entry = Accounts().FirstOrDefault(one => one[0] is "postgres") ?? Accounts().FirstOrDefault(one => one[0] is "nobody")
            ?? throw new InvalidOperationException("PostgreSQL does not run as root, and this machine has neither the account postgres nor nobody.");
        return new ServerAccount(entry[0], Launcher(entry[0], entry[2], entry[3]));
    }

    /// <summary>The command line that runs a program under the account.</summary>
    public IReadOnlyList<string> Launch(string program, IReadOnlyList<string> arguments) => [.. _launcher, program, .. arguments];

    /// <summary>Gives the folder to the account and makes sure that it can be reached by it.</summary>
    /// <exception cref="InvalidOperationException">A folder above it is closed to the account.</exception>
    public async Task OwnAsync(string folder, CancellationToken cancel)
    {
        if (_user is null)
        {
            return;
        }

        await ServerCommand.RequireAsync(new ServerAccount(null, []), folder, "chown", ["-R", _user, folder], cancel);
        // From the root folder: with an unreachable working folder the program could not even start.
        var (code, _) = await ServerCommand.RunAsync(this, "/", "/bin/sh", ["-c", "test -w \"$1\"", "sh", folder], cancel);
        if (code != 0)
        {
            throw new InvalidOperationException($"The account {_user}, which PostgreSQL runs under when started by root, cannot reach {folder}. Choose a folder that it may enter.");
        }
    }

    private static string[] Launcher(string user, string uid, string gid) =>
        OnPath("runuser") ? ["runuser", "-u", user, "--"]
        : OnPath("setpriv") ? ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"]
        : throw new InvalidOperationException("PostgreSQL does not run as root, and this machine has neither runuser nor setpriv to leave it with.");

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));

    private static IEnumerable<string[]> Accounts() => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3);
}
