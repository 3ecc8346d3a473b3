using JobForge.Contracts.Ids;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

public sealed partial class ExecutionHost
{
    [LoggerMessage(1001, LogLevel.Information, "Draining: {Running} runs to finish")]
    private partial void Draining(int running);

    [LoggerMessage(1002, LogLevel.Error, "Run {Run} ended unexpectedly in the host")]
    private partial void RunFailed(JobId run, Exception failure);

    [LoggerMessage(1003, LogLevel.Warning, "The store did not answer; trying again")]
    private partial void FeedFailed(Exception failure);
}
