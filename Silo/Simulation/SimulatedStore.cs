using JobForge.Contracts.Ids;
using JobForge.Runtime.Simulation;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite;

namespace JobForge.Silo.Simulation;

/// <summary>
/// The store that all silos share, as processes share a database server: the real SQLite store with its real SQL, on a throwaway file, taking its turns in
/// the world. Each silo reaches it over a link that delays, fails and loses answers.
/// </summary>
public sealed class SimulatedStore : IDisposable
{
    private static readonly Lazy<string> Template = new(MakeTemplate);

    private readonly Dictionary<SimulatedSilo, StoreLink> _links = [];
    private readonly SimulationSetup _setup;
    private readonly DirectoryInfo _folder;
    private readonly SqliteStore _store;

    internal SimulatedStore(SimulatedWorld world, SimulationSetup setup)
    {
        _setup = setup;
        Faults = setup.StoreFaults;
        Node = world.CreateNode("store");
        _folder = Directory.CreateTempSubdirectory("jobforge-simulation-");
        DatabasePath = Path.Combine(_folder.FullName, "jobforge.db");
        File.Copy(Template.Value, DatabasePath);
        var options = new SqliteStoreOptions { Path = DatabasePath, Durable = false, Schedule = Later, Rewrite = setup.RewriteStatement };
        _store = Opened(SqliteStore.OpenAsync(options, Node.Clock, new IdSource(Node.Clock, Node.Random)));
    }

    /// <summary>The database server; freezing it makes every call wait.</summary>
    public SimulatedNode Node { get; }

    /// <summary>In force from the next call on.</summary>
    public StoreFaults Faults { get; set; }

    /// <summary>True: every call fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>The rows themselves, without link and faults, for those who judge.</summary>
    public IStore Rows => _store;

    public string DatabasePath { get; }

    /// <summary>Calls that this silo has made, except the registry's look for changes, which touches no table while nothing was committed.</summary>
    public long CallsOf(SimulatedSilo silo) => _links.TryGetValue(silo, out var link) ? link.Calls : 0;

    public void Dispose()
    {
        // Nothing runs any more, so its end is synchronous.
        _ = _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    internal IStore For(SimulatedSilo silo)
    {
        var link = new StoreLink(this, silo);
        _links[silo] = link;
        IStore behind = new LinkedStore(_store, link);
        return _setup.Interpose is { } interpose ? interpose(silo, behind) : behind;
    }

    internal void Forget(SimulatedSilo silo) => _links.Remove(silo);

    internal void Tell(StoreSignal signal)
    {
        foreach (var link in _links.Values)
        {
            link.Signals.Send(signal);
        }
    }

    /// <summary>Writes that come within a moment share a transaction.</summary>
    private void Later(Action work) => _ = Node.InvokeAsync(async () =>
    {
        await Node.DelayAsync(Node.World.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(1)));
        work();
    });

    /// <summary>A migrated, empty database, made once a process; copying it is cheap.</summary>
    private static string MakeTemplate()
    {
        var folder = Directory.CreateTempSubdirectory("jobforge-simulation-template-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var path = Path.Combine(folder.FullName, "jobforge.db");
        var options = new SqliteStoreOptions { Path = path, Durable = false, Schedule = static work => work() };
        var store = Opened(SqliteStore.OpenAsync(options, TimeProvider.System, new IdSource(TimeProvider.System, RandomSource.Seeded(0))));
        _ = store.DisposeAsync();
        return path;
    }

    /// <summary>With a schedule of its own the store opens within the call.</summary>
    private static SqliteStore Opened(Task<SqliteStore> opening)
    {
#pragma warning disable VSTHRD002 // The task has completed.
        return opening.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
