using JobForge.Contracts.Audit;
using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

/// <summary>The doctor's reads on read-only connections, which no writer waits for; its repairs through the one writer.</summary>
public sealed class SqliteDoctor : IStoreDoctor, IDisposable
{
    private readonly SqliteReaders _readers;
    private readonly SqliteWriter? _writer;
    private readonly bool _ownsReaders;

    /// <summary>Of a running process's store.</summary>
    internal SqliteDoctor(SqliteReaders readers, SqliteWriter? writer)
        : this(readers, writer, ownsReaders: false)
    {
    }

    private SqliteDoctor(SqliteReaders readers, SqliteWriter? writer, bool ownsReaders) =>
        (_readers, _writer, _ownsReaders) = (readers, writer, ownsReaders);

    /// <summary>Beside a process that serves the file, or of a file that nobody serves. Never writes.</summary>
    /// <exception cref="StoreUnavailableException">There is no such file.</exception>
    public static SqliteDoctor OpenToRead(string path) => File.Exists(path)
        ? new SqliteDoctor(new SqliteReaders(new SqliteStoreOptions { Path = path, Readers = 1 }), writer: null, ownsReaders: true)
        : throw new StoreUnavailableException($"There is no database {path}.");

    public Task<DoctorScene> SceneAsync(DateTimeOffset now, CancellationToken cancel) =>
        _readers.RunAsync(
            session =>
            {
                var newest = SqlTexts.Sqlite.Migrations[^1].Number;
                if (session.Use("doctor/schema").First(row => row.Int32(0)) is var applied && applied != newest)
                {
                    throw new InvalidOperationException($"The database has schema {applied}; this version knows {newest}. Start a process of this version first, or use the doctor of the other.");
                }

                var rows = session.Use("doctor/scene").Add(now).All(row => (Time: row.Time(0), Epoch: row.Int64OrNull(1) is { } epoch ? new LiveEpoch(epoch, row.Text(2)) : null));
                return new DoctorScene(rows[0].Time, [.. rows.Select(row => row.Epoch).OfType<LiveEpoch>()], MissingDays: 0);
            },
            cancel);

    public Task<IReadOnlyList<DoctorRow>> LookAsync(string statement, IReadOnlyList<object> values, CancellationToken cancel) =>
        _readers.RunAsync<IReadOnlyList<DoctorRow>>(
            session => Bind(session, statement, values).All(row => new DoctorRow(row.TextOrNull(0), row.IdOrText(1), row.IsNull(2) ? null : row.IdOrText(2))), cancel);

    public Task<IReadOnlyList<DoctorRun>> RunsAsync(string statement, IReadOnlyList<object> values, CancellationToken cancel) =>
        _readers.RunAsync<IReadOnlyList<DoctorRun>>(
            session => session.InSnapshot(() => Bind(session, statement, values).All(Read).ConvertAll(run => run.KeyHash is { } hash ? run with { KeyLeadsTo = OwnerOf(session, hash) } : run)),
            cancel);

    public Task<IReadOnlyList<JobId>> AbsentAsync(IReadOnlyList<JobId> ids, CancellationToken cancel) =>
        _readers.RunAsync<IReadOnlyList<JobId>>(
            session => session.InSnapshot<IReadOnlyList<JobId>>(() => [.. ids.Where(id => session.Use("doctor/absent").Add(id.Value).All(row => row.Guid(1)).Count > 0)]), cancel);

    public Task<bool> RepairAsync(string statement, IReadOnlyList<object> values, AuditEntry audit, CancellationToken cancel) =>
        (_writer ?? throw new InvalidOperationException("This doctor may only read.")).RunAsync(
            session =>
            {
                if (Bind(session, statement, values).Run() == 0)
                {
                    return false;
                }

                AuditRows.Append(session, audit);
                return true;
            },
            weight: 1,
            cancel);

    public void Dispose()
    {
        if (_ownsReaders)
        {
            _readers.Dispose();
        }
    }

    private static JobId? OwnerOf(SqliteSession session, Guid hash) => session.Use("jobs/find_key").Add(hash).All(row => new JobId(row.Guid(0))) is [var job, ..] ? job : null;

    private static DoctorRun Read(SqliteStatement row) => new()
    {
        Tenant = new TenantId(row.Text(0)),
        Id = new JobId(row.Guid(1)),
        KeyHash = row.TextOrNull(3) is { } key ? new Guid(KeyHash.Of(row.Text(0), row.Text(2), key), bigEndian: true) : null,
        Inputs = row.Json(4),
        InputsDigest = row.Text(5),
        InputsHash = new Guid(KeyHash.Of(row.Text(5)), bigEndian: true),
        Outputs = row.JsonOrNull(6),
    };

    private static SqliteStatement Bind(SqliteSession session, string statement, IReadOnlyList<object> values) => values.Aggregate(
        session.Use(statement),
        (bound, value) => value switch
        {
            Guid id => bound.Add(id),
            string text => bound.Add(text),
            int number => bound.Add((long)number),
            DateTimeOffset time => bound.Add(time),
            _ => throw new ArgumentException($"No statement takes a {value.GetType().Name}.", nameof(values)),
        });
}
