using System.Diagnostics.Metrics;
using JobForge.Contracts.Jobs;
using Microsoft.Extensions.Hosting;

namespace JobForge.Silo.Execution;

/// <summary>What this process's execution shows at /metrics. Observed on demand: the job path pays nothing for it.</summary>
public sealed class RunMeter(IMeterFactory meters, ExecutionHost host, RunExecutor executor) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create("JobForge.Execution");
        meter.CreateObservableGauge("jobforge.runs.running", () => host.Running, "{run}", "Handlers that run now.");
        meter.CreateObservableGauge("jobforge.jobs.ready", () => host.Waiting, "{job}", "Jobs waiting in this process's memory.");
        meter.CreateObservableCounter("jobforge.runs.ended", Ended, "{run}", "Attempts recorded, by the status that they left their job in.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Ended() =>
        Enum.GetValues<JobStatus>().Where(status => status != JobStatus.Running)
            .Select(status => new Measurement<long>(executor.Ended(status), new KeyValuePair<string, object?>("status", status.Word())));
}
