using JobForge.Runtime.Execution;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Reminders;

/// <summary>What grains ask about their reminders. Rows are written before an answer; the schedule in memory only follows them.</summary>
internal sealed class ReminderService
{
    private readonly EngineCore _engine;
    private readonly IReminderStore? _store;
    private readonly ReminderSchedule? _schedule;

    public ReminderService(EngineCore engine)
    {
        _engine = engine;
        _store = engine.Services.GetService<IReminderStore>();
        _schedule = _store is null ? null : new ReminderSchedule(engine, _store);
    }

    private IReminderStore Store =>
        _store ?? throw new OrleansConfigurationException("Reminders need an IReminderStore among the registered services.");

    /// <summary>Reads what is due soon; an unreadable store is tried again later and does not stop the start.</summary>
    public Task StartAsync() => _schedule?.StartAsync() ?? Task.CompletedTask;

    public void StopTimers() => _schedule?.StopTimers();

    /// <summary>Waits for the deliveries under way.</summary>
    public Task StopAsync() => _schedule?.StopAsync() ?? Task.CompletedTask;

    public async Task<IGrainReminder> Register(Activation activation, string name, TimeSpan dueTime, TimeSpan period)
    {
        Check(activation, name);
        if (activation.GrainInstance is not IRemindable)
        {
            throw new InvalidOperationException($"{activation.Class.Type} must implement IRemindable to have reminders.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfEqual(period, Timeout.InfiniteTimeSpan);
        if (period < _engine.Options.Reminders.MinimumReminderPeriod)
        {
            throw new ArgumentException($"The period {period} is shorter than {_engine.Options.Reminders.MinimumReminderPeriod}.", nameof(period));
        }

        var row = new ReminderRow(activation.GrainId, name, _engine.Time.GetUtcNow() + dueTime, period, "");
        row = row with { ETag = await Store.UpsertAsync(row, CancellationToken.None) };
        _schedule!.Put(row);
        return new Reminder(name, row.ETag);
    }

    public async Task Unregister(Activation activation, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        Check(activation, reminder.ReminderName);
        var handle = (Reminder)reminder;
        if (!await Store.DeleteAsync(activation.GrainId, handle.ReminderName, handle.ETag, CancellationToken.None)
            && await Find(activation, handle.ReminderName) is not null)
        {
            throw new ReminderException($"The reminder '{handle.ReminderName}' of {activation.GrainId} was registered again; this handle is stale.");
        }

        _schedule!.Drop(activation.GrainId, handle.ReminderName, handle.ETag);
    }

    public async Task<IGrainReminder?> Get(Activation activation, string name)
    {
        Check(activation, name);
        return await Find(activation, name) is { } row ? new Reminder(row.Name, row.ETag) : null;
    }

    public async Task<List<IGrainReminder>> GetAll(Activation activation)
    {
        Check(activation, "all");
        var rows = await Store.ReadAsync(activation.GrainId, CancellationToken.None);
        return [.. rows.Select(row => new Reminder(row.Name, row.ETag))];
    }

    private static void Check(Activation activation, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!ReferenceEquals(TurnQueue.Running, activation))
        {
            throw new InvalidOperationException("Reminders can only be used within the grain's own turns.");
        }
    }

    private async Task<ReminderRow?> Find(Activation activation, string name)
    {
        var rows = await Store.ReadAsync(activation.GrainId, CancellationToken.None);
        return rows.FirstOrDefault(row => string.Equals(row.Name, name, StringComparison.Ordinal));
    }

    private sealed record Reminder(string ReminderName, string ETag) : IGrainReminder;
}
