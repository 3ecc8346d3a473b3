using JobForge.Contracts.Ids;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

public sealed partial class RunExecutor
{
    [LoggerMessage(1201, LogLevel.Debug, "Run {Run} was not started: {Why}")]
    private partial void Dropped(JobId run, string? why);

    [LoggerMessage(1202, LogLevel.Warning, "Run {Run} could not be started now")]
    private partial void StartFailed(JobId run, Exception failure);

    [LoggerMessage(1203, LogLevel.Warning, "Run {Run}: the handler of {Template} failed")]
    private partial void HandlerFailed(JobId run, string template, Exception failure);

    [LoggerMessage(1204, LogLevel.Error, "Run {Run}: the handler of {Template} did not stop in its grace period and was left behind")]
    private partial void HandlerAbandoned(JobId run, string template);

    [LoggerMessage(1205, LogLevel.Warning, "Run {Run}: {Count} log lines were lost")]
    private partial void LinesLost(JobId run, int count, Exception failure);

    [LoggerMessage(1206, LogLevel.Warning, "Run {Run}: attempt {Attempt} under epoch {Epoch} lost its fence; its outcome does not count")]
    private partial void FenceLost(JobId run, int attempt, long epoch);

    [LoggerMessage(1207, LogLevel.Warning, "Run {Run}: recording its end failed (try {Try})")]
    private partial void CompleteFailed(JobId run, int @try, Exception failure);

    [LoggerMessage(1209, LogLevel.Warning, "Run {Run}: what it is at could not be written, and it goes on: {Reason}")]
    private partial void ReportFailed(JobId run, string reason);

    [LoggerMessage(1208, LogLevel.Error, "Run {Run}: its end could not be recorded; its row decides what becomes of it")]
    private partial void CompleteGivenUp(JobId run, Exception failure);
}
