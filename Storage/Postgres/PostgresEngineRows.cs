using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>Reminders and grain state. An etag is a fresh id a write: a counter would start again after a delete and match a stale holder.</summary>
internal sealed class PostgresEngineRows(NpgsqlDataSource engine, IdSource ids) : IEngineRows
{
    public async Task<string> UpsertReminderAsync(ReminderRow row, CancellationToken cancel)
    {
        var etag = NewEtag();
        await RunAsync(
            "set a reminder",
            new PostgresStatement("engine/upsert_reminder").Add(row.GrainId).Add(row.Name).Add(row.StartAt).Add((long)row.Period.TotalMilliseconds).Add(etag),
            cancel);
        return etag;
    }

    public async Task<bool> DeleteReminderAsync(string grainId, string name, string etag, CancellationToken cancel) =>
        (await engine.RowsAsync(
            "delete a reminder", new PostgresStatement("engine/delete_reminder").Add(grainId).Add(name).Add(etag), row => row.GetBoolean(0), cancel))[0];

    public async Task<IReadOnlyList<ReminderRow>> RemindersOfAsync(string grainId, CancellationToken cancel) =>
        await engine.RowsAsync("read reminders", new PostgresStatement("engine/reminders_of").Add(grainId), ReadReminder, cancel);

    public async Task<IReadOnlyList<ReminderRow>> AllRemindersAsync(CancellationToken cancel) =>
        await engine.RowsAsync("read reminders", new PostgresStatement("engine/all_reminders"), ReadReminder, cancel);

    public async Task<(byte[]? Payload, string? Etag)> ReadStateAsync(string stateName, string grainId, CancellationToken cancel) =>
        (await engine.RowsAsync(
            "read grain state",
            new PostgresStatement("engine/read_state").Add(stateName).Add(grainId),
            row => (row.BytesOrNull(0), row.TextOrNull(1)),
            cancel)).FirstOrDefault();

    public async Task<string?> WriteStateAsync(string stateName, string grainId, byte[]? payload, string? etag, CancellationToken cancel)
    {
        var next = NewEtag();
        var statement = new PostgresStatement(etag is null ? "engine/insert_state" : "engine/update_state").Add(payload).Add(next).Add(stateName).Add(grainId);
        return await RunAsync("write grain state", etag is null ? statement : statement.Add(etag), cancel) == 1 ? next : null;
    }

    private Task<int> RunAsync(string act, PostgresStatement statement, CancellationToken cancel) =>
        engine.CallAsync(act, connection => PostgresCalls.RunAsync(connection, statement, cancel), cancel);

    private string NewEtag() => ids.Next().ToString("N");

    private static ReminderRow ReadReminder(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.Time(2), TimeSpan.FromMilliseconds(row.GetInt64(3)), row.GetString(4));
}
