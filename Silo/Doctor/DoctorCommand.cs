using System.CommandLine;
using JobForge.Contracts.Ids;
using JobForge.Silo.Hosting;
using JobForge.Storage;
using JobForge.Storage.Artifacts;
using JobForge.Storage.Doctor;
using JobForge.Storage.Postgres;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite;
using Npgsql;

namespace JobForge.Silo.Doctor;

/// <summary>
/// <c>doctor</c>: reads every row of a store, beside the processes that serve it, and tells what breaks a promise. 0: nothing; 1: findings; 2: it could not look.
/// </summary>
internal static class DoctorCommand
{
    public const int Healthy = 0;
    public const int Findings = 1;
    public const int CouldNotLook = 2;

    private static readonly Option<bool> Repair = new("--repair")
    {
        Description = "Put right what can safely be put right, with an audit row for each. An SQLite file must not be served meanwhile.",
    };

    private static readonly Option<bool> Deep = new("--deep") { Description = "Also read every artifact that a manifest names and compare its checksum." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print the report as one JSON document." };
    private static readonly Option<int> GraceSeconds = new("--grace-seconds")
    {
        Description = "What happened longer ago a healthy installation has put right: two leases and two sweeps (10 s each), with room.",
        DefaultValueFactory = _ => (int)new CheckupOptions().Grace.TotalSeconds,
    };

    private static readonly Option<int> Samples = new("--samples") { Description = "Findings to name a check; all are counted.", DefaultValueFactory = _ => new CheckupOptions().Samples };

    /// <param name="store">Reads what the options of the silo's other commands say about the store.</param>
    /// <param name="shared">Those options.</param>
    public static Command Create(Func<ParseResult, (StoreChoice Store, string DataPath)> store, params Option[] shared)
    {
        var command = new Command("doctor", "Check every row of a store for broken promises, explain them, and repair what is safe with --repair. Exit code: 0 healthy, 1 findings, 2 could not look.");
        foreach (var option in (Option[])[.. shared, Repair, Deep, Json, GraceSeconds, Samples])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancel) => RunAsync(parsed, store, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, (StoreChoice Store, string DataPath)> store, CancellationToken cancel)
    {
        try
        {
            var (choice, dataPath) = store(parsed);
            var options = Read(parsed);
            await using var opened = await OpenAsync(choice, dataPath, options.Repair);
            var report = await new Checkup(opened.Doctor, Artifacts(dataPath), options, TimeProvider.System, Ids).RunAsync(cancel);
            await Console.Out.WriteLineAsync(parsed.GetValue(Json) ? DoctorReport.Json(report) : DoctorReport.Text(report));
            return report.Findings.Count == 0 ? Healthy : Findings;
        }
        catch (Exception failure) when (failure is StartRefusedException or InvalidOperationException or IOException or UnauthorizedAccessException or StoreRejectedException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync($"The doctor could not look: {failure.Message}");
            return CouldNotLook;
        }
    }

    private static CheckupOptions Read(ParseResult parsed) => new()
    {
        Repair = parsed.GetValue(Repair),
        Deep = parsed.GetValue(Deep),
        Grace = TimeSpan.FromSeconds(parsed.GetValue(GraceSeconds)),
        Samples = parsed.GetValue(Samples),
        Retention = UpkeepLoop.ReadRetention(Environment.GetEnvironmentVariable),
        Actor = $"doctor:{Environment.UserName}",
    };

    private static IdSource Ids { get; } = new(TimeProvider.System, RandomSource.Secure);

    /// <summary>Reading never opens the store as a process would: it migrates nothing, opens no epoch, and takes no lock.</summary>
    private static async Task<OpenedDoctor> OpenAsync(StoreChoice choice, string dataPath, bool repair)
    {
        switch (choice)
        {
            case StoreChoice.Postgres { ConnectionString: var connection }:
                var postgres = PostgresDoctor.Connect(new PostgresStoreOptions { ConnectionString = connection });
                return new OpenedDoctor(postgres, postgres.DisposeAsync);
            case StoreChoice.PrivatePostgres:
                throw new StartRefusedException("The doctor starts no server. While the process runs that owns it, name it with --connection.");
            default:
                var path = Path.Combine(dataPath, "jobforge.db");
                if (!repair)
                {
                    var read = SqliteDoctor.OpenToRead(path);
                    return new OpenedDoctor(read, () => { read.Dispose(); return ValueTask.CompletedTask; });
                }

                // The whole store, since only the holder of its lock may write.
                var store = File.Exists(path)
                    ? await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = path }, TimeProvider.System, Ids)
                    : throw new StoreUnavailableException($"There is no database {path}.");
                return new OpenedDoctor(store.Doctor, store.DisposeAsync);
        }
    }

    /// <summary>Null where there is no such folder: making one would find every artifact missing.</summary>
    private static FileArtifactStore? Artifacts(string dataPath)
    {
        var folder = Path.Combine(dataPath, "artifacts");
        return Directory.Exists(folder) ? new FileArtifactStore(folder, Ids) : null;
    }

    private sealed class OpenedDoctor(IStoreDoctor doctor, Func<ValueTask> close) : IAsyncDisposable
    {
        public IStoreDoctor Doctor => doctor;

        public ValueTask DisposeAsync() => close();
    }
}
