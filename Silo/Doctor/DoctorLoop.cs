using System.Diagnostics.Metrics;
using JobForge.Contracts.Ids;
using JobForge.Silo.Execution;
using JobForge.Silo.Hosting;
using JobForge.Storage.Doctor;
using JobForge.Storage.Roles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Doctor;

/// <summary>
/// Looks at the rows now and then while the process serves: all that is open, and history slice by slice, so that a look costs the same whatever its length.
/// Of several processes the one with the oldest living epoch does it; two at once, at a change, would only read.
/// </summary>
public sealed partial class DoctorLoop(
    Checkup checkup, IStoreDoctor store, EpochLease lease, DoctorRhythm rhythm, TimeProvider time, IMeterFactory meters, ILogger<DoctorLoop> log) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private volatile CheckupReport? _last;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create("JobForge.Doctor");
        meter.CreateObservableGauge("jobforge.doctor.findings", Findings, "{row}", "Rows that break a promise, a check, as this process's last look saw them. Absent while another process looks.");
        meter.CreateObservableGauge("jobforge.doctor.age", Age, "s", "Since this process's last look. Absent while another process looks.");
        _loop = rhythm.Every is { } every ? RunAsync(every, _stopping.Token) : Task.CompletedTask;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(TimeSpan every, CancellationToken stop)
    {
        // Processes that start together do not look together, nor all at the full hour.
        var wait = every * rhythm.FirstShare;
        while (true)
        {
            await Task.Delay(wait, time, stop);
            wait = every;
            try
            {
                await LookAsync(stop);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                LookFailed(failure);
            }
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        var alive = (await store.SceneAsync(time.GetUtcNow(), stop)).Alive;
        if (lease.Current is not { } own || alive.Any(epoch => epoch.Epoch < own))
        {
            _last = null;
            return;
        }

        var report = await checkup.RunAsync(stop);
        foreach (var finding in report.Findings)
        {
            PromiseBroken(finding.Check.Name, finding.Count, finding.Check.Meaning, finding.Check.Remedy, string.Join("; ", finding.Samples.Select(sample => $"{sample.Subject}: {sample.Story}")));
        }

        // Who sees the figure finds the words in the log.
        _last = report;
    }

    private IEnumerable<Measurement<long>> Findings() => _last is not { } report
        ? []
        : Checks.All.Where(check => report.Skipped.All(skipped => skipped.Check != check)).Select(check => new Measurement<long>(
            report.Findings.FirstOrDefault(finding => finding.Check == check)?.Count ?? 0, new KeyValuePair<string, object?>("check", check.Name)));

    private IEnumerable<Measurement<double>> Age() => _last is { } report ? [new((time.GetUtcNow() - report.At).TotalSeconds)] : [];

    [LoggerMessage(1701, LogLevel.Warning, "The doctor found {Check} ({Count}): {Meaning} {Remedy} {Samples}")]
    private partial void PromiseBroken(string check, int count, string meaning, string remedy, string samples);

    [LoggerMessage(1702, LogLevel.Warning, "The doctor could not look; trying again in its time")]
    private partial void LookFailed(Exception failure);
}

/// <param name="Every">Null: not at all.</param>
/// <param name="FirstShare">The part of that time after which the first look comes.</param>
public sealed record DoctorRhythm(TimeSpan? Every, double FirstShare)
{
    private const int DefaultMinutes = 15;

    /// <summary>Reads JOBFORGE_DOCTOR_MINUTES; 0: off.</summary>
    /// <exception cref="StartRefusedException">It is no number of minutes, 0 to 1440.</exception>
    public static DoctorRhythm Read(Func<string, string?> environment, RandomSource random)
    {
        var minutes = WholeNumber.Read(environment, "JOBFORGE_DOCTOR_MINUTES", "minutes", 0, 1440) ?? DefaultMinutes;
        return new(minutes == 0 ? null : TimeSpan.FromMinutes(minutes), random.NextDouble());
    }
}
