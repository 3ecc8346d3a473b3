using JobForge.Silo.Execution;

namespace JobForge.Silo.Hosting;

/// <summary>What a process is started with; the command line and the environment fill it, tests make it.</summary>
public sealed record SiloOptions
{
    /// <summary>Folder of the SQLite file or private PostgreSQL, the artifacts and, in development, the generated secrets.</summary>
    public string DataPath { get; init; } = "data";

    public StoreChoice Store { get; init; } = new StoreChoice.Sqlite();

    /// <summary>Where the gateway listens. Port 0: any free one.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>In production nothing is generated: a missing secret refuses the start.</summary>
    public bool Production { get; init; }

    /// <summary>Private hosts (name, address or network in CIDR form) that handlers may reach; none by default.</summary>
    public IReadOnlyList<string> AllowedPrivateHosts { get; init; } = [];

    /// <summary>Names that scans may use for targets, e.g. <c>production</c>, and their URLs.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Targets { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Templates beside the catalogue's, e.g. the demo's own.</summary>
    public IReadOnlyList<Contracts.Templates.JobTemplate> FurtherTemplates { get; init; } = [];

    public ExecutionOptions Execution { get; init; } = new();

    /// <summary>Reads an environment variable; tests pass their own.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Log only warnings to the console (the demo speaks itself).</summary>
    public bool Quiet { get; init; }
}
