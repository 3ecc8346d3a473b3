using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres.Jobs;

/// <summary>
/// A batch in which somebody brings a policy token or an audit row: one transaction of several statements, in the order of the promise: keys, tokens, jobs,
/// audit rows. Each statement does its step for the whole batch.
/// </summary>
internal sealed class GuardedAdmissions
{
    private readonly NpgsqlConnection _connection;
    private readonly IReadOnlyList<AdmissionRow> _rows;
    private readonly Dictionary<AdmissionRow, AdmissionKind> _refused = [];
    private readonly HashSet<AdmissionRow> _admitted = [];

    private GuardedAdmissions(NpgsqlConnection connection, IReadOnlyList<AdmissionRow> rows) => (_connection, _rows) = (connection, rows);

    public static async Task<IReadOnlyList<Admission>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<AdmissionRow> rows, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var outcomes = await new GuardedAdmissions(connection, rows).RunAsync(cancel);
        await transaction.CommitAsync(cancel);
        return outcomes;
    }

    private async Task<IReadOnlyList<Admission>> RunAsync(CancellationToken cancel)
    {
        // The epochs are locked before the keys, always.
        await PostgresCalls.RunAsync(_connection, new PostgresStatement("epochs/hold_open").Add(AdmissionWriter.Owners(_rows)), cancel);
        var pending = _rows;
        while (pending.Count > 0)
        {
            pending = await DecideAsync(pending, cancel);
        }

        var admitted = _rows.Where(_admitted.Contains).ToArray();
        if (admitted.Length > 0)
        {
            await AdmissionWriter.InsertAsync(_connection, admitted, claimKeys: false, cancel);
            await AuditRows.AppendAsync(_connection, [.. admitted.Select(row => row.New.Audit).OfType<Contracts.Audit.AuditEntry>()], cancel);
        }

        var earlier = _admitted.Count + _refused.Count == _rows.Count ? null : await EarlierJobs.FindAsync(_connection, _rows, cancel);
        return [.. _rows.Select(row => _refused.TryGetValue(row, out var refused) ? new Admission(refused, null) : earlier?.OutcomeOf(row) ?? row.Admitted())];
    }

    /// <summary>Keys and tokens of one round. A key that a refused token gives back is open to the others of the batch that want it: they are the next round.</summary>
    private async Task<IReadOnlyList<AdmissionRow>> DecideAsync(IReadOnlyList<AdmissionRow> pending, CancellationToken cancel)
    {
        var claimed = await ClaimKeysAsync(AdmissionWriter.ByKey(pending), cancel);
        var candidates = pending.Where(row => row.Key is null || claimed.Contains(row.Row.Id.Value)).ToArray();
        await BurnTokensAsync([.. candidates.Where(row => row.New.TokenUse is not null)], cancel);
        var released = candidates.Where(_refused.ContainsKey).Select(row => row.Key).OfType<Guid>().ToHashSet();
        _admitted.UnionWith(candidates.Where(row => !_refused.ContainsKey(row)));
        if (released.Count == 0)
        {
            return [];
        }

        await PostgresCalls.RunAsync(_connection, new PostgresStatement("jobs/release_keys").Add([.. released]), cancel);
        return [.. pending.Where(row => row.Key is { } key && released.Contains(key) && !_refused.ContainsKey(row))];
    }

    private async Task<HashSet<Guid>> ClaimKeysAsync(IReadOnlyList<AdmissionRow> keyed, CancellationToken cancel)
    {
        if (keyed.Count == 0)
        {
            return [];
        }

        var claim = new PostgresStatement("jobs/claim_keys")
            .Add([.. keyed.Select(row => row.Key!.Value)]).Add([.. keyed.Select(row => row.Row.Id.Value)]).Add([.. keyed.Select(row => row.InputsHash)]);
        return [.. await PostgresCalls.RowsAsync(_connection, claim, row => row.GetGuid(0), cancel)];
    }

    private async Task BurnTokensAsync(IReadOnlyList<AdmissionRow> candidates, CancellationToken cancel)
    {
        if (candidates.Count == 0)
        {
            return;
        }

        // Sorted like the keys, and for the same reason.
        var rows = candidates.OrderBy(row => row.Row.TenantId.Value, StringComparer.Ordinal).ThenBy(row => row.New.TokenUse!.TokenId, StringComparer.Ordinal).ToArray();
        var burn = new PostgresStatement("jobs/burn_tokens")
            .Add([.. rows.Select(row => row.Row.TenantId.Value)]).Add([.. rows.Select(row => row.New.TokenUse!.TokenId)])
            .Add([.. rows.Select(row => row.New.TokenUse!.TokenDigest)]).Add([.. rows.Select(row => row.Row.Id.Value)])
            .Add([.. rows.Select(row => row.Row.CreatedAt)]).Add([.. rows.Select(row => row.New.TokenUse!.ExpiresAt)]);
        var burnt = (await PostgresCalls.RowsAsync(_connection, burn, row => row.GetGuid(0), cancel)).ToHashSet();
        var losers = rows.Where(row => !burnt.Contains(row.Row.Id.Value)).ToArray();
        if (losers.Length == 0)
        {
            return;
        }

        var find = new PostgresStatement("jobs/revoked_tokens")
            .Add([.. losers.Select(row => row.Row.TenantId.Value)]).Add([.. losers.Select(row => row.New.TokenUse!.TokenId)]);
        var revoked = (await PostgresCalls.RowsAsync(_connection, find, row => (row.GetString(0), row.GetString(1)), cancel)).ToHashSet();
        foreach (var row in losers)
        {
            _refused[row] = revoked.Contains((row.Row.TenantId.Value, row.New.TokenUse!.TokenId)) ? AdmissionKind.TokenRevoked : AdmissionKind.TokenUsed;
        }
    }
}
