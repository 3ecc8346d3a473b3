
namespace JobForge.Storage.Doctor;

/// <summary>Every check, in the order in which they are run and told.</summary>
public static class Checks
{
    private const string WaitOrRestart = "A living process puts this right within two leases. If it stays, restart the processes one by one and report it: it is a bug.";
    private const string Investigate = "Do not run it again by hand. Keep the rows and the logs of the processes named in them, and report it: it is a bug, or somebody changed rows by hand.";

    public static Check ClockSkew { get; } = new(
        "clock-skew", Severity.Error,
        "This machine's clock and the store's differ. Processes judge each other's leases by their own clocks, so a live process may be declared dead, or a dead one not.",
        "Let every machine follow the same time server, and look again.");

    public static Check PartitionGap { get; } = new(
        "partition-gap", Severity.Warning,
        "The tables of today or tomorrow do not exist, so their rows go where all days lie together. They are found all the same, but are not dropped by the day.",
        "Every process makes them once an hour. Repair makes them now; if they stay away, the login may not create tables.") { Repair = new("upkeep/ensure_ahead", (_, times) => [Day(times.Now), Day(times.Now).AddDays(1)]) };

    public static Check JobKeyMissing { get; } = new(
        "job-key-missing", Severity.Error,
        "A job has an idempotency key under which nothing stands, or another job. A repeat of its request would make a second job.",
        "Repair writes the key again. Where the key leads to another job, both were admitted: cancel one of them.")
    { Walk = Walk.OpenJobs, Repair = new("doctor/repair_missing_key", (_, _) => []) };

    public static Check InputsChanged { get; } = new(
        "inputs-changed", Severity.Error,
        "A job's inputs do not have the digest that they had at admission: they were changed afterwards, and an approval that was bound to them is void.",
        Investigate) { Walk = Walk.OpenJobs };

    public static Check ArtifactMissing { get; } = new(
        "artifact-missing", Severity.Error,
        "A manifest names an output that the artifact folder does not hold, or holds with other bytes than its checksum says.",
        "Restore the artifacts from a backup (files are named by their SHA-256). If the folder is shared by several machines, look whether it is mounted.") { Walk = Walk.FinishedJobs };

    public static Check KeyWithoutJob { get; } = new(
        "key-without-job", Severity.Error,
        "An idempotency key leads to a job that does not exist. A request with that key is answered by nothing, and can never be admitted.",
        "Repair frees the key.") { Walk = Walk.Keys, WholeHistory = true, Repair = new("doctor/repair_key", (row, _) => [Guid.Parse(row.Subject), Guid.Parse(row.Story!)]) };

    public static IReadOnlyList<Check> All { get; } =
    [
        ClockSkew,
        PartitionGap,
        new("epoch-overdue", Severity.Error, "A process has not renewed its lease, and nobody has declared it dead: what it owns waits.", WaitOrRestart)
        {
            Statement = "doctor/epoch_overdue", Takes = Settled, NeedsProcess = true, LooksTwice = true,
        },
        new("lease-ahead", Severity.Error, "A lease ends later than any lease can: the clock of its process is ahead. If that process dies, nobody takes over for so long.",
            "Set that machine's clock right and restart its process.") { Statement = "doctor/lease_ahead", Takes = times => [times.BeyondEveryLease] },
        new("gate-stuck", Severity.Error, "Jobs stand before a gate that nothing has passed, so nothing will open it.", WaitOrRestart)
        {
            Statement = "doctor/gate_stuck", Takes = Settled, NeedsProcess = true, LooksTwice = true,
        },
        new("bucket-ahead", Severity.Error, "A rate limit is not refilled before a time that is far away: the clock that wrote it was ahead. Its jobs wait until then.",
            "Repair sets the time to now; the tokens stay.")
        {
            Statement = "doctor/bucket_ahead", Takes = times => [times.BeyondEveryLease], Repair = new("doctor/repair_bucket", (row, times) => [row.Tenant!, row.Subject, times.Now]),
        },
        new("tenant-unknown", Severity.Error, "Jobs belong to a tenant that is not registered: nobody's key reaches them, and no limit holds for them.", "Register the tenant again, or cancel the jobs.")
        {
            Statement = "doctor/tenant_unknown",
        },
        new("history-tenant-unknown", Severity.Warning, "Finished jobs belong to a tenant that is not registered.", "Register the tenant again, or leave them to their retention.")
        {
            Statement = "doctor/history_tenant_unknown", WholeHistory = true,
        },
        new("event-tenant-unknown", Severity.Warning, "Events belong to a tenant that is not registered.", "Register the tenant again, or leave them to their retention.")
        {
            Statement = "doctor/event_tenant_unknown", WholeHistory = true,
        },
        .. OfOpenJobs(),
        JobKeyMissing,
        InputsChanged,
        new("job-finished-twice", Severity.Error, "A job has ended more than once: two outcomes were recorded, and two sealed manifests.", Investigate) { Statement = "doctor/job_finished_twice", Walk = Walk.FinishedJobs },
        new("manifest-disagrees", Severity.Error, "A sealed manifest tells another run, tenant, template, end, attempt or digest than the job that it was sealed with.", Investigate)
        {
            Statement = "doctor/manifest_disagrees", Walk = Walk.FinishedJobs,
        },
        new("attempts-miscounted", Severity.Error, "A job succeeded at attempt N, and not N-1 earlier attempts are written: one was counted twice, or one was lost.", Investigate)
        {
            Statement = "doctor/attempts_miscounted", Walk = Walk.FinishedJobs, Takes = times => [times.JobsKeptSince],
        },
        ArtifactMissing,
        new("token-without-job", Severity.Error, "A policy token counts as used by a job that does not exist: an acknowledged action job is lost, or was deleted by hand.",
            "The token stays used, so that nothing can run twice. Issue a new one if the action is still wanted.")
        {
            Statement = "doctor/token_without_job", Walk = Walk.Tokens, Takes = times => [times.JobsKeptSince],
        },
        new("event-key-without-event", Severity.Error, "An event's key leads to an event that does not exist: an acknowledged event is lost, or was deleted by hand. A repeat would be dropped as a duplicate.",
            "Repair frees the key, so that the producer's repeat is stored.")
        {
            Statement = "doctor/event_key_without_event", Walk = Walk.EventKeys, Takes = times => [times.FirstEventKept], WholeHistory = true,
            Repair = new("doctor/repair_event_key", (row, _) => [Guid.Parse(row.Subject)]),
        },
        KeyWithoutJob,
    ];

    private static IEnumerable<Check> OfOpenJobs() =>
    [
        Open("job-in-two-places", "doctor/job_in_two_places", "A job that has ended is still in the queue: it would run, and end, once more.",
            "Repair takes it out of the queue; its recorded end stands.") with { Repair = OfJob("doctor/repair_two_places") },
        Open("owner-unknown", "doctor/owner_unknown", "A job is owned by an epoch that does not exist, so nobody will ever take it over.",
            "Repair gives the epoch a row again, as one that has died; a living process then inherits it, and counts the attempt that may have been running.")
            with { Repair = OfJob("doctor/repair_owner", withTime: true), LooksTwice = true },
        Waiting("owner-gone", "doctor/owner_gone", "A job's owner ended long ago, and no living process has taken over.", WaitOrRestart),
        Waiting("owner-idle", "doctor/owner_idle", "A job is ready, and the process that owns it says that it has nothing to do: it does not know of the job.",
            "Restart that process: whoever inherits from it reads the queue from its rows. Then report it: it is a bug."),
        Waiting("job-unowned", "doctor/job_unowned", "A job is ready, nobody owns it, and a process with nothing to do has not taken it.", WaitOrRestart),
        Waiting("wait-overdue", "doctor/wait_overdue", "A job's time came long ago, and a process with nothing to do has not taken it.", WaitOrRestart),
        Waiting("expiry-overdue", "doctor/expiry_overdue", "A queued job should have ended as expired or past its deadline.", WaitOrRestart),
        Waiting("cancel-overdue", "doctor/cancel_overdue", "A cancel was asked for long ago, and the job has not ended.", WaitOrRestart),
        Waiting("run-overtime", "doctor/run_overtime", "An attempt runs long past its timeout, after which it is ended the hard way.", WaitOrRestart),
        Waiting("parent-unwoken", "doctor/parent_unwoken", "A job waits for the jobs that it requested, and none of them is open.", "Repair makes it ready.")
            with { Repair = OfJob("doctor/repair_parent", withTime: true) },
        Waiting("paused-without-pause", "doctor/paused_without_pause", "A job is parked because of a pause that is over.", "Repair makes it ready.")
            with { Repair = OfJob("doctor/repair_paused", withTime: true) },
    ];

    private static Check Open(string name, string statement, string meaning, string remedy) =>
        new(name, Severity.Error, meaning, remedy) { Statement = statement, Walk = Walk.OpenJobs };

    private static Check Waiting(string name, string statement, string meaning, string remedy) =>
        Open(name, statement, meaning, remedy) with { Takes = Settled, NeedsProcess = true, LooksTwice = true };

    private static IReadOnlyList<object> Settled(CheckTimes times) => [times.Settled];

    private static Repair OfJob(string statement, bool withTime = false) =>
        new(statement, (row, times) => withTime ? [Guid.Parse(row.Subject), times.Now] : [Guid.Parse(row.Subject)]);

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);
}
