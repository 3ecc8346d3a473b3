namespace JobForge.Bench;

/// <summary>What a process with a thousand tenants costs when nothing happens: transactions of the store and processor time a second.</summary>
public static class IdleBench
{
    public static Task RunAsync(BenchPlan plan) => plan.Store.UseAsync(async place =>
    {
        await using var silo = await BenchSilo.StartAsync(place, paused: false);
        await silo.PrepareAsync(plan.Size(1_000, 10));
        for (var tenant = 0; tenant < plan.Size(1_000, 10); tenant++)
        {
            await silo.RequestAsync(tenant);
        }

        await silo.WaitForEndedAsync(plan.Size(1_000, 10));
        // Idle connections hand their counts in after ten seconds.
        await Task.Delay(plan.Length(15), TimeProvider.System);
        var (before, processor) = (await plan.Store.UsageAsync(), Environment.CpuUsage.TotalTime);
        var length = plan.Length(60);
        await Task.Delay(length, TimeProvider.System);
        var after = await plan.Store.UsageAsync();
        if (before is not null && after is not null)
        {
            // The server's own housekeeping (autovacuum, statistics) is in it, and the question itself.
            plan.Note(new Figure("idle, transactions of the store", "per second", after.Since(before).Transactions / length.TotalSeconds, 0, 0));
            plan.Note(new Figure("idle, the server's processor time", "ms/s", after.Since(before).Processor.TotalMilliseconds / length.TotalSeconds, 0, 0));
        }

        plan.Note(new Figure("idle, this process's processor time", "ms/s", (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / length.TotalSeconds, 0, 0));
        return 0;
    });
}
