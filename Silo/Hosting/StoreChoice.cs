namespace JobForge.Silo.Hosting;

/// <summary>Where the rows live.</summary>
public abstract record StoreChoice
{
    private StoreChoice()
    {
    }

    /// <summary>A file in the data folder; one process.</summary>
    public sealed record Sqlite : StoreChoice;

    /// <summary>A PostgreSQL server that runs already; several processes may share it.</summary>
    public sealed record Postgres(string ConnectionString) : StoreChoice
    {
        /// <summary>Never prints the password.</summary>
        public override string ToString() => nameof(Postgres);
    }

    /// <summary>A PostgreSQL server of this process's own, in the data folder, for trying out.</summary>
    public sealed record PrivatePostgres : StoreChoice;

    /// <summary>Reads what the command line and the environment say.</summary>
    /// <param name="store">sqlite, postgres, or at once the address of a PostgreSQL (postgres://user:password@host:5432/database).</param>
    /// <param name="connection">An address as above, or Npgsql's keywords (Host=...;Username=...).</param>
    /// <exception cref="StartRefusedException">They do not fit together.</exception>
    public static StoreChoice Read(string store, string? connection, bool isPrivate)
    {
        if (IsAddress(store))
        {
            (connection, store) = (connection ?? store, "postgres");
        }

        return (store, connection, isPrivate) switch
        {
            ("sqlite", null or "", false) => new Sqlite(),
            ("sqlite", _, _) => throw new StartRefusedException("--connection and --private need --store postgres."),
            ("postgres", null or "", true) => new PrivatePostgres(),
            ("postgres", { Length: > 0 }, false) => new Postgres(IsAddress(connection) ? FromAddress(connection) : connection),
            ("postgres", { Length: > 0 }, true) => throw new StartRefusedException("--connection names a server and --private starts one: give one of the two."),
            ("postgres", _, _) => throw new StartRefusedException("--store postgres needs --connection (or JOBFORGE_CONNECTION), or --private for a server of its own."),
            _ => throw new StartRefusedException($"--store '{store}' is neither sqlite nor postgres."),
        };
    }

    private static bool IsAddress(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="StartRefusedException">The address cannot be read; the message does not repeat it, since it may hold a password.</exception>
    private static string FromAddress(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0 || address.AbsolutePath.Length < 2)
        {
            throw new StartRefusedException("The PostgreSQL address cannot be read; it must look like postgres://user:password@host:5432/database.");
        }

        var login = address.UserInfo.Split(':', 2);
        var builder = new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port > 0 ? address.Port : 5432,
            Database = Uri.UnescapeDataString(address.AbsolutePath[1..]),
        };
        if (login[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(login[0]);
        }

        if (login.Length == 2)
        {
            builder.Password = Uri.UnescapeDataString(login[1]);
        }

        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            builder[Uri.UnescapeDataString(pair[0])] = Uri.UnescapeDataString(pair[^1]);
        }

        return builder.ConnectionString;
    }
}
