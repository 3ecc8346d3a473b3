using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite;

/// <summary>Reminders and grain state. An etag is a fresh id a write: a counter would start again after a delete and match a stale holder.</summary>
internal sealed class SqliteEngineRows(SqliteWriter writer, SqliteReaders readers, IdSource ids) : IEngineRows
{
    public Task<string> UpsertReminderAsync(ReminderRow row, CancellationToken cancel)
    {
        var etag = NewEtag();
        return writer.RunAsync(
            session =>
            {
                session.Use("engine/upsert_reminder")
                    .Add(row.GrainId).Add(row.Name).Add(row.StartAt).Add((long)row.Period.TotalMilliseconds).Add(etag).Run();
                return etag;
            },
            weight: 1,
            cancel);
    }

    public Task<bool> DeleteReminderAsync(string grainId, string name, string etag, CancellationToken cancel) =>
        writer.RunAsync(
            session => session.Use("engine/delete_reminder").Add(grainId).Add(name).Add(etag).Run() == 1
                || !session.Use("engine/find_reminder").Add(grainId).Add(name).First(_ => true),
            weight: 1,
            cancel);

    public Task<IReadOnlyList<ReminderRow>> RemindersOfAsync(string grainId, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<ReminderRow>>(session => session.Use("engine/reminders_of").Add(grainId).All(ReadReminder), cancel);

    public Task<IReadOnlyList<ReminderRow>> AllRemindersAsync(CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<ReminderRow>>(session => session.Use("engine/all_reminders").All(ReadReminder), cancel);

    public Task<(byte[]? Payload, string? Etag)> ReadStateAsync(string stateName, string grainId, CancellationToken cancel) =>
        readers.RunAsync(
            session => session.Use("engine/read_state").Add(stateName).Add(grainId).First(row => (row.BytesOrNull(0), row.TextOrNull(1))), cancel);

    public Task<string?> WriteStateAsync(string stateName, string grainId, byte[]? payload, string? etag, CancellationToken cancel)
    {
        var next = NewEtag();
        return writer.RunAsync(
            session =>
            {
                var written = etag is null
                    ? session.Use("engine/insert_state").Add(stateName).Add(grainId).Add(payload).Add(next).Run()
                    : session.Use("engine/update_state").Add(payload).Add(next).Add(stateName).Add(grainId).Add(etag).Run();
                return written == 1 ? next : null;
            },
            weight: 1,
            cancel);
    }

    private string NewEtag() => ids.Next().ToString("N");

    private static ReminderRow ReadReminder(SqliteStatement row) =>
        new(row.Text(0), row.Text(1), row.Time(2), TimeSpan.FromMilliseconds(row.Int64(3)), row.Text(4));
}
