using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres.Jobs;

/// <summary>Whose the keys of a batch are, read back when not every row was written.</summary>
internal sealed class EarlierJobs
{
    private readonly Dictionary<Guid, (Guid Job, Guid Inputs)> _keys;
    private readonly Dictionary<Guid, JobRow> _jobs;

    private EarlierJobs(Dictionary<Guid, (Guid Job, Guid Inputs)> keys, Dictionary<Guid, JobRow> jobs) => (_keys, _jobs) = (keys, jobs);

    public static async Task<EarlierJobs> FindAsync(NpgsqlConnection connection, IReadOnlyList<AdmissionRow> rows, CancellationToken cancel)
    {
        var keyed = rows.Where(row => row.Key is not null).ToArray();
        var find = new PostgresStatement("jobs/find_keys").Add(keyed.Select(row => row.Key!.Value).Distinct().ToArray());
        var keys = (await PostgresCalls.RowsAsync(connection, find, row => (Hash: row.GetGuid(0), Job: row.GetGuid(1), Inputs: row.GetGuid(2)), cancel))
            .ToDictionary(key => key.Hash, key => (key.Job, key.Inputs));
        var wanted = keyed.Select(row => (Row: row, Id: keys.TryGetValue(row.Key!.Value, out var key) ? key.Job : Guid.Empty)).Where(one => one.Id != Guid.Empty).ToArray();
        var ids = wanted.Select(one => one.Id).Distinct().ToArray();
        var many = new PostgresStatement("jobs/find_many")
            .Add([.. wanted.Select(one => one.Row.Row.TenantId.Value).Distinct(StringComparer.Ordinal)]).Add(ids)
            .Add(ids.Length == 0 ? DateTimeOffset.MinValue : ids.Min(id => IdTimes.NotBefore(new JobId(id))));
        var jobs = (await PostgresCalls.RowsAsync(connection, many, JobRows.ReadRow, cancel)).ToDictionary(job => job.Id.Value);
        return new EarlierJobs(keys, jobs);
    }

    /// <summary>Null when the key is the row's own, or it has none.</summary>
    public Admission? OutcomeOf(AdmissionRow row) =>
        row.Key is { } hash && _keys.TryGetValue(hash, out var key) && key.Job != row.Row.Id.Value
            ? new Admission(key.Inputs == row.InputsHash ? AdmissionKind.Existing : AdmissionKind.KeyConflict, _jobs.GetValueOrDefault(key.Job))
            : null;
}
