using JobForge.Runtime.Execution;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The reminders of a grain, called from within it.</summary>
public static class GrainReminderExtensions
{
    /// <summary>Writes the reminder before it returns. Its ticks are at now + dueTime + N x period; missed ones are skipped.</summary>
    /// <exception cref="InvalidOperationException">Called outside of the grain, or the grain is not IRemindable.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is negative or infinite.</exception>
    /// <exception cref="ArgumentException">The name is blank or the period shorter than the minimum.</exception>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        ContextOf(grain).Engine.Reminders.Register(ContextOf(grain), reminderName, dueTime, period);

    public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        RegisterOrUpdateReminder((IGrainBase)grain, reminderName, dueTime, period);

    /// <exception cref="ReminderException">The handle is stale. A reminder that is already gone is no error.</exception>
    public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) =>
        ContextOf(grain).Engine.Reminders.Unregister(ContextOf(grain), reminder);

    public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) => UnregisterReminder((IGrainBase)grain, reminder);

    public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName) =>
        ContextOf(grain).Engine.Reminders.Get(ContextOf(grain), reminderName);

    public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) => GetReminder((IGrainBase)grain, reminderName);

    public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain) => ContextOf(grain).Engine.Reminders.GetAll(ContextOf(grain));

    public static Task<List<IGrainReminder>> GetReminders(this Grain grain) => GetReminders((IGrainBase)grain);

    private static Activation ContextOf(IGrainBase grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return (Activation)grain.GrainContext;
    }
}
