using JobForge.Contracts.Flags;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

/// <summary>
/// The registry's rows and their version. SQL triggers move the version, so plain SQL is noticed; <c>PRAGMA data_version</c> of a connection
/// of its own says without touching a table whether anybody committed anything since the last question.
/// </summary>
internal sealed class SqliteRegistryStore(SqliteReaders readers, SqliteSession watch) : IRegistryStore, IDisposable
{
    private readonly Lock _gate = new();
    private long _seen = -1;
    private long _version;

    public Task<long> VersionAsync(CancellationToken cancel) => cancel.IsCancellationRequested ? Task.FromCanceled<long>(cancel) : Task.FromResult(Version());

    public Task<RegistryRows> LoadAsync(CancellationToken cancel) => readers.RunAsync(session => session.InSnapshot(() => Load(session)), cancel);

    public void Dispose()
    {
        lock (_gate)
        {
            watch.Dispose();
        }
    }

    private long Version()
    {
        lock (_gate)
        {
            var seen = watch.Text("PRAGMA data_version").First(row => row.Int64(0));
            if (seen != _seen)
            {
                _version = ReadVersion(watch);
                // Only after the read succeeded: a failed one is tried again at the next question.
                _seen = seen;
            }

            return _version;
        }
    }

    private static RegistryRows Load(SqliteSession session) => new()
    {
        Version = ReadVersion(session),
        Templates = session.Use("templates/list").All(RegistryReading.ReadTemplate),
        Tenants = session.Use("tenants/list").All(RegistryReading.ReadTenant),
        // A flag that this version does not know (plain SQL, a newer version's) is left out.
        Flags = [.. session.Use("flags/list").All(row => (Tenant: RegistryReading.TenantOrNull(row, 0), Word: row.Text(1), Value: row.Bool(2)))
            .Where(row => FeatureFlags.TryParse(row.Word, out _))
            .Select(row => (row.Tenant, FeatureFlags.TryParse(row.Word, out var flag) ? flag : default, row.Value))],
        Pauses = session.Use("pauses/list").All(RegistryReading.ReadPause),
        TenantTemplates = session.Use("tenants/list_templates").All(row => (RegistryReading.TenantOrNull(row, 0)!.Value, row.Text(1), row.Bool(2))),
    };

    private static long ReadVersion(SqliteSession session) => session.Use("registry/version").First(row => row.Int64(0));
}
