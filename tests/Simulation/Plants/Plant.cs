using JobForge.Silo.Simulation;
using JobForge.Storage.Roles;

namespace JobForge.Simulation.Plants;

/// <summary>Puts a bug into a cluster: another text of a statement, or a role that does something else.</summary>
internal static class Plant
{
    private const string Owner = "owner_epoch IS :fence_owner AND attempts = :fence_attempt";
    private const string NoOwner = "(:fence_owner IS NOT 0 AND :fence_attempt IS NOT -1)";
    private const string Holder = "(owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))";
    private const string NoHolder = ":fence_holder IS NOT 0";

    public static SimulationSetup Into(PlantedBug bug, SimulationSetup setup) => bug switch
    {
        PlantedBug.None => setup,
        PlantedBug.FinishWithoutFence => Text(setup, "jobs/finish", (Owner, NoOwner), (Holder, NoHolder), ("status = :fence_status", ":fence_status IS NOT NULL")),
        PlantedBug.RequeueWithoutFence => Text(setup, "jobs/requeue", (Owner, NoOwner), (Holder, NoHolder), ("status = :fence_status", ":fence_status IS NOT NULL")),
        PlantedBug.StartWithoutFence => Text(setup, "jobs/start", (Owner, NoOwner), (Holder, NoHolder)),
        PlantedBug.AnswerBeforeCommit => Bend(setup, nameof(IJobStore.AdmitAsync), (silo, arguments, go) => Late(silo, arguments, go, Answers((IReadOnlyList<NewJob>)arguments[0]!))),
        PlantedBug.EventBeforeCommit => Bend(setup, nameof(IEventLog.AppendAsync), (silo, arguments, go) =>
            arguments[0] is IReadOnlyList<NewEvent> events ? Late<IReadOnlyList<EventAppend>>(silo, arguments, go, [.. events.Select(one => new EventAppend(EventAppendKind.Stored, one.Row))]) : go(arguments)),
        PlantedBug.TokenNotBurnt => Admit(setup, static job => job with { TokenUse = null }),
        PlantedBug.LivingTakenOver => Bend(setup, nameof(IEpochStore.DeclareDeadAsync), static (_, arguments, go) => go([(DateTimeOffset)arguments[0]! + TimeSpan.FromMinutes(1), arguments[1]])),
        PlantedBug.KeyNotClaimed => Admit(setup, static job => job with { Job = job.Job with { Row = job.Job.Row with { IdempotencyKey = null } } }),
        PlantedBug.CancelOverlooked => Text(setup, "jobs/finish", ("cancel_requested_at IS NULL OR :status = 'canceled'", "TRUE")),
        PlantedBug.CancelNotWritten => Text(setup, "jobs/request_cancel", ("coalesce(cancel_requested_at, :at)", "nullif(:at, :at)")),
        PlantedBug.TenantForgotten => Text(setup, "jobs/find", ("tenant_id = :tenant_id", ":tenant_id IS NOT NULL")),
        PlantedBug.GateCountsOneLess => Text(setup, "holds/passed_of_key", ("SELECT count(*)", "SELECT max(0, count(*) - 1)")),
        PlantedBug.PausesNotRead => Text(setup, "pauses/list", ("FROM jobforge_pauses", "FROM jobforge_pauses WHERE FALSE")),
        PlantedBug.DueOnlyByHint => Text(setup, "queue/next_due", ("SELECT min(wait_until)", "SELECT nullif(min(wait_until), min(wait_until))")),
        PlantedBug.InheritanceNotLoaded => Text(setup, "queue/load_owned", ("own.holder = :holder AND", "own.holder = :holder AND own.id = :holder AND")),
        PlantedBug.ParentNotWoken => Text(setup, "holds/wake_parent", ("hold = 'children'", "hold = 'parents'")),
        PlantedBug.ExpiryNotWritten => Admit(setup, static job => job with { Job = job.Job with { ExpiresAt = null } }),
        PlantedBug.RunAtIgnored => Admit(setup, static job => job with { Job = job.Job with { WaitUntil = null } }),
        PlantedBug.AttemptNotCounted => Text(setup, "jobs/requeue", ("attempts = :attempts", "attempts = max(0, :attempts - 1)")),
        PlantedBug.RestlessSweep => setup with { Execution = setup.Execution with { SweepEvery = TimeSpan.FromSeconds(0.5) } },
        _ => throw new ArgumentOutOfRangeException(nameof(bug), bug, "A bug that is not planted."),
    };

    private static SimulationSetup Text(SimulationSetup setup, string name, params IReadOnlyList<(string From, string To)> changes) => setup with
    {
        RewriteStatement = (statement, text) =>
        {
            foreach (var (from, to) in statement == name ? changes : [])
            {
                text = text.Contains(from, StringComparison.Ordinal)
                    ? text.Replace(from, to, StringComparison.Ordinal)
                    : throw new InvalidOperationException($"{name} has no '{from}' any more: plant the bug anew.");
            }

            return text;
        },
    };

    private static SimulationSetup Admit(SimulationSetup setup, Func<NewJob, NewJob> change) => Bend(setup, nameof(IJobStore.AdmitAsync), (_, arguments, go) =>
        go([(IReadOnlyList<NewJob>)[.. ((IReadOnlyList<NewJob>)arguments[0]!).Select(change)], arguments[1]]));

    private static SimulationSetup Bend(SimulationSetup setup, string method, Func<SimulatedSilo, object?[], Func<object?[], object>, object> with) => setup with
    {
        Interpose = (silo, store) => new BentStore(store, (name, arguments, go) => name == method ? with(silo, arguments, go) : go(arguments)),
    };

    /// <summary>The answer is given at once, and the write begins up to two seconds later, if the process still lives.</summary>
    private static Task<T> Late<T>(SimulatedSilo silo, object?[] arguments, Func<object?[], object> go, T answer)
    {
        _ = WriteAsync();
        return Task.FromResult(answer);

        async Task WriteAsync()
        {
            await silo.Node.DelayAsync(silo.Node.World.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)));
            await (Task)go(arguments);
        }
    }

    private static IReadOnlyList<Admission> Answers(IReadOnlyList<NewJob> jobs) => [.. jobs.Select(job => new Admission(AdmissionKind.Admitted, job.Job.Row))];
}
