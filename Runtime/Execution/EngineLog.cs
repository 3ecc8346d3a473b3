using Microsoft.Extensions.Logging;

namespace JobForge.Runtime.Execution;

internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Error, "A turn of {Queue} failed")]
    public static partial void TurnFailed(ILogger logger, string? queue, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "One-way call {Method} of {GrainId} failed")]
    public static partial void OneWayFailed(ILogger logger, string method, string grainId, Exception error);

    [LoggerMessage(3, LogLevel.Warning, "Activation of {GrainId} failed")]
    public static partial void ActivationFailed(ILogger logger, string grainId, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "Deactivation of {GrainId} failed")]
    public static partial void DeactivationFailed(ILogger logger, string grainId, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "A timer callback of {GrainId} failed")]
    public static partial void TimerFailed(ILogger logger, string grainId, Exception error);

    [LoggerMessage(6, LogLevel.Warning, "Reminder {Name} of {GrainId} was not delivered; the next period tries again")]
    public static partial void ReminderFailed(ILogger logger, string name, string grainId, Exception error);

    [LoggerMessage(7, LogLevel.Warning, "The reminders could not be read; the next refresh tries again")]
    public static partial void RemindersUnreadable(ILogger logger, Exception error);

    [LoggerMessage(8, LogLevel.Warning, "The engine {Name} did not stop in time; what is open ends unanswered")]
    public static partial void StopCutShort(ILogger logger, string name);
}
