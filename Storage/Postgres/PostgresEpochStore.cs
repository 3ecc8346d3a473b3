using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>Rare acts, each a transaction of its own; a lease is renewed by one statement a second.</summary>
internal sealed class PostgresEpochStore(NpgsqlDataSource source, OwnEpochs own) : IEpochStore
{
    private const int AnswerOfSettle = 41;

    public async Task<long> OpenAsync(string worker, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancel)
    {
        var open = new PostgresStatement("epochs/open").Add(worker).Add(now).Add(expiresAt);
        var epoch = (await source.RowsAsync("opening an epoch", open, row => row.GetInt64(0), cancel))[0];
        own.Add(epoch);
        return epoch;
    }

    public async Task<Renewal> RenewAsync(long epoch, DateTimeOffset now, DateTimeOffset expiresAt, bool hungry, CancellationToken cancel)
    {
        var renew = new PostgresStatement("epochs/renew").Add((long?)epoch).Add(now).Add(expiresAt).Add((bool?)hungry);
        var renewal = (await source.RowsAsync("renewing a lease", renew, row => new Renewal(row.GetBoolean(0), row.GetBoolean(1), row.GetInt32(2)), cancel))[0];
        return renewal.Alive ? renewal : default;
    }

    public Task CloseAsync(long epoch, CancellationToken cancel) =>
        TransactAsync(
            "closing an epoch",
            async connection =>
            {
                await LockAsync(connection, [epoch], cancel);
                await PostgresCalls.RunAsync(connection, new PostgresStatement("epochs/close").Add((long?)epoch), cancel);
                return await PostgresCalls.RunAsync(connection, new PostgresStatement("epochs/forget_empty"), cancel);
            },
            cancel);

    public Task<IReadOnlyList<long>> DeclareDeadAsync(DateTimeOffset now, CancellationToken cancel) =>
        TransactAsync<IReadOnlyList<long>>(
            "declaring epochs dead",
            async connection =>
            {
                var expired = await PostgresCalls.RowsAsync(connection, new PostgresStatement("epochs/expired").Add(now), row => row.GetInt64(0), cancel);
                if (expired.Count > 0)
                {
                    await LockAsync(connection, expired, cancel);
                    await PostgresCalls.RunAsync(connection, new PostgresStatement("epochs/declare_dead").Add(expired).Add(now), cancel);
                }

                await PostgresCalls.RunAsync(connection, new PostgresStatement("epochs/forget_empty"), cancel);
                return await PostgresCalls.RowsAsync(connection, new PostgresStatement("epochs/heirless"), row => row.GetInt64(0), cancel);
            },
            cancel);

    public Task<Inheritance> InheritAsync(long epoch, long heir, DateTimeOffset now, DateTimeOffset retryAt, int limit, CancellationToken cancel) =>
        TransactAsync(
            "inheriting an epoch",
            async connection =>
            {
                // What the former holder is just writing is awaited; what it writes afterwards meets a lost fence.
                await LockAsync(connection, [epoch], cancel);
                await PostgresCalls.RunAsync(connection, new PostgresStatement("epochs/inherit").Add((long?)epoch).Add((long?)heir), cancel);
                var held = new PostgresStatement("epochs/held_by").Add((long?)epoch).Add((long?)heir);
                // Also the guard of the whole act: there is no row unless the heir is open and holds it now.
                var worker = (await PostgresCalls.RowsAsync(connection, held, row => row.GetString(0), cancel)).FirstOrDefault();
                if (worker is null)
                {
                    return new Inheritance(Held: false, 0, [], More: false);
                }

                var settle = new PostgresStatement("epochs/settle_running")
                    .Add((long?)epoch).Add((long?)heir).Add(now).Add(retryAt).Add((int?)limit).Add(worker);
                var rows = await PostgresCalls.RowsAsync(connection, settle, row => (Job: row.IsDBNull(0) ? null : JobRows.Read(row), Requeued: row.GetInt32(AnswerOfSettle)), cancel);
                var (exhausted, requeued) = (rows.Select(row => row.Job).OfType<StoredJob>().ToArray(), rows[0].Requeued);
                return new Inheritance(Held: true, requeued, exhausted, More: requeued + exhausted.Length == limit);
            },
            cancel);

    public async Task<IReadOnlyList<long>> RecoveredAsync(long holder, CancellationToken cancel) =>
        await source.RowsAsync("forgetting epochs", new PostgresStatement("epochs/recovered").Add((long?)holder), row => row.GetInt64(0), cancel);

    private Task<T> TransactAsync<T>(string act, Func<NpgsqlConnection, Task<T>> body, CancellationToken cancel) =>
        source.CallAsync(
            act,
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var answer = await body(connection);
                await transaction.CommitAsync(cancel);
                return answer;
            },
            cancel);

    private static Task<int> LockAsync(NpgsqlConnection connection, IReadOnlyList<long> epochs, CancellationToken cancel) =>
        PostgresCalls.RunAsync(connection, new PostgresStatement("epochs/lock").Add(epochs), cancel);
}
