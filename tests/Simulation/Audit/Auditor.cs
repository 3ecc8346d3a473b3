using System.Text;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Silo.Simulation;
using JobForge.Simulation.Drive;
using JobForge.Simulation.Model;
using JobForge.Storage.Roles;

namespace JobForge.Simulation.Audit;

/// <summary>Judges a seed by the requests, the answers, what handlers did, and what the public reads show at the end. Numbers are those of the promises in the architecture.</summary>
internal sealed class Auditor(SimulatedCluster cluster, Features features, Ledger ledger)
{
    /// <summary>What the limited tenant may run at once, where the seed limits one.</summary>
    public const int RivalMayRun = 2;

    private IReadModel Read => cluster.Store.Rows.Read;

    public async Task JudgeAsync()
    {
        foreach (var failure in cluster.InnerFailures)
        {
            ledger.Violate(0, $"an inner failure: {failure}");
        }

        var rows = new List<JobRow>();
        foreach (var tenant in Planner.Tenants)
        {
            rows.AddRange(await JobsOfAsync(tenant));
        }

        JudgeCounts(rows);
        new EndRules(features, ledger).Judge(rows);
        new EffectRules(features, ledger).Judge(rows);
        await JudgeRecordsAsync(rows);
        await JudgeEventsAsync();
        await JudgeTokensAsync(rows);
        JudgeSecrets();
    }

    /// <summary>Two leases after a process died, everything that is open belongs to a living one or to nobody.</summary>
    public async Task TakeoverAsync(DateTimeOffset killedAt, TimeSpan lease)
    {
        if (features.LeasesMayBeLost || features.Has(Feature.StoreErrors))
        {
            return;
        }

        await cluster.World.Observer.DelayAsync(lease * 2);
        // Only the youngest kill is judged: a second one starts the clock anew.
        var owned = ledger.Facts.Values.SelectMany(facts => facts.Acknowledged.Select(id => (facts.Plan.Tenant, Id: id))).ToList();
        foreach (var (tenant, id) in owned)
        {
            var standing = await Read.StandingAsync(tenant, id, CancellationToken.None);
            var holder = standing?.Holder;
            if (standing?.Job.Row.Status.IsFinal() == false && holder is not null && holder.ExpiresAt + lease < cluster.World.Now)
            {
                ledger.Violate(4, $"job {id} still belongs to epoch {holder.Epoch} of {holder.Worker}, whose lease ran out at {holder.ExpiresAt:HH:mm:ss.fff}, more than a lease ago");
            }
        }
    }

    /// <summary>With nothing to do, a silo asks the store less than once a second.</summary>
    public async Task IdleAsync(TimeSpan span)
    {
        await cluster.World.Observer.DelayAsync(TimeSpan.FromMinutes(2));
        var before = cluster.Silos.ToDictionary(silo => silo.Name, cluster.Store.CallsOf, StringComparer.Ordinal);
        await cluster.World.Observer.DelayAsync(span);
        foreach (var silo in cluster.Silos)
        {
            var asked = cluster.Store.CallsOf(silo) - before[silo.Name];
            if (asked >= span.TotalSeconds)
            {
                ledger.Violate(7, $"{silo} asked the store {asked} times in {span} of idleness");
            }
        }
    }

    private async Task<List<JobRow>> JobsOfAsync(TenantId tenant)
    {
        var rows = new List<JobRow>();
        var query = new JobQuery { TenantId = tenant, Limit = 1000 };
        do
        {
            var page = await Read.JobsAsync(query, CancellationToken.None);
            rows.AddRange(page.Items);
            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null);
        foreach (var stranger in rows.Where(row => row.TenantId != tenant))
        {
            ledger.Violate(5, $"{tenant} sees job {stranger.Id} of {stranger.TenantId}");
        }

        return rows;
    }

    /// <summary>Promise 1: what was acknowledged is there, once; nothing is there that nobody asked for.</summary>
    private void JudgeCounts(List<JobRow> rows)
    {
        var found = rows.Where(row => row.RetryOf is null).ToLookup(row => ledger.PlanOf(row)?.Number ?? -1);
        foreach (var stray in found[-1])
        {
            ledger.Violate(1, $"job {stray.Id} was requested by nobody: {stray.Inputs}");
        }

        var parents = rows.ToLookup(row => ledger.PlanOf(row)?.Number ?? -1);
        foreach (var facts in ledger.Facts.Values)
        {
            var ids = found[facts.Plan.Number].Select(row => row.Id).ToHashSet();
            foreach (var lost in facts.Acknowledged.Where(id => !ids.Contains(id)))
            {
                ledger.Violate(1, $"{facts.Plan} was acknowledged as {lost}, which is lost");
            }

            var most = facts.Plan.ParentNumber is { } parent ? parents[parent].Count() : facts.Plan.Key is not null ? 1 : facts.Sent * (features.Has(Feature.CallFaults) ? 2 : 1);
            if (ids.Count > most)
            {
                ledger.Violate(1, $"{facts.Plan} was sent {facts.Sent} times and made {ids.Count} jobs");
            }
        }

        foreach (var retries in rows.Where(row => row.RetryOf is not null).GroupBy(row => ledger.PlanOf(row)))
        {
            var facts = ledger.Facts[retries.Key!.Number];
            if (retries.Count() > facts.RetriesSent * 2 || facts.Retries.Except(retries.Select(row => row.Id)).Any())
            {
                ledger.Violate(1, $"{facts.Plan} was retried {facts.RetriesSent} times, which made {retries.Count()} jobs");
            }
        }
    }

    /// <summary>Every end left a sealed manifest that says the same, and attempts that fit.</summary>
    private async Task JudgeRecordsAsync(List<JobRow> rows)
    {
        foreach (var row in rows.Where(row => row.Status.IsFinal()))
        {
            var manifest = await Read.ManifestAsync(row.TenantId, row.Id, CancellationToken.None);
            var attempts = await Read.AttemptsAsync(row.TenantId, row.Id, CancellationToken.None);
            if (manifest is null || !string.Equals(manifest.Status.ToString(), ManifestWord(row.Status), StringComparison.OrdinalIgnoreCase))
            {
                ledger.Violate(1, $"job {row.Id} is {row.Status.Word()} and its manifest {manifest?.Status.ToString() ?? "is missing"}");
            }

            var repeated = attempts.Where(attempt => attempt.Outcome is not ("drained" or "waiting_for_children")).GroupBy(attempt => attempt.Number).FirstOrDefault(same => same.Count() > 1);
            if (repeated is not null)
            {
                ledger.Violate(2, $"attempt {repeated.Key} of job {row.Id} ended {repeated.Count()} times: {string.Join(", ", repeated.Select(attempt => $"{attempt.Outcome} in {attempt.Worker}"))}");
            }

            if (row.Status == JobStatus.Succeeded && (attempts.Count == 0 || attempts[^1].Outcome != "succeeded" || attempts[^1].Number != row.Attempts))
            {
                ledger.Violate(2, $"job {row.Id} is {Ledger.Text(row)}, and its attempts are {string.Join(", ", attempts.Select(one => $"{one.Number} {one.Outcome}"))}");
            }

            if (row.Attempts > row.MaxAttempts || attempts.Any(attempt => attempt.FinishedAt is null) || attempts.Select(one => one.Number).DefaultIfEmpty(0).Max() > row.MaxAttempts)
            {
                ledger.Violate(2, $"job {row.Id} is {Ledger.Text(row)} of {row.MaxAttempts} and shows {string.Join(", ", attempts.Select(one => $"{one.Number} {one.Outcome}"))}");
            }
        }
    }

    private async Task JudgeEventsAsync()
    {
        foreach (var facts in ledger.Events)
        {
            var query = new EventQuery { TenantId = facts.Tenant, EventType = facts.Type, Limit = 100 };
            var found = (await Read.EventsAsync(query, CancellationToken.None)).Items.Select(row => row.Id).ToHashSet();
            if (facts.Acknowledged.Any(id => !found.Contains(id)))
            {
                ledger.Violate(1, $"an acknowledged event of {facts.Tenant} is lost: {facts.Type}");
            }

            if (found.Count > (facts.Key is not null ? 1 : facts.Sent * (features.Has(Feature.CallFaults) ? 2 : 1)))
            {
                ledger.Violate(1, $"the event {facts.Type} was sent {facts.Sent} times{(facts.Key is null ? "" : " under one key")} and is stored {found.Count} times");
            }
        }
    }

    /// <summary>A token starts one job; who hears that it is used up can rely on it.</summary>
    private async Task JudgeTokensAsync(List<JobRow> rows)
    {
        foreach (var used in rows.Where(row => row.PolicyTokenId is not null).GroupBy(row => row.PolicyTokenId, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            ledger.Violate(5, $"the policy token {used.Key} started {used.Count()} jobs: {string.Join(", ", used.Select(row => row.Id))}");
        }

        foreach (var row in rows.Where(row => row.PolicyTokenId is not null))
        {
            if (await cluster.Store.Rows.Tenants.TokenStateAsync(row.TenantId, row.PolicyTokenId!, CancellationToken.None) != TokenState.Used)
            {
                ledger.Violate(5, $"the policy token {row.PolicyTokenId} started job {row.Id} and is not used up");
            }
        }

        foreach (var row in rows.Where(row => row.TemplateKey == Planner.Action && row.PolicyTokenId is null))
        {
            ledger.Violate(5, $"the action job {row.Id} was admitted without a token");
        }
    }

    private void JudgeSecrets()
    {
        if (ledger.Secrets.Count == 0)
        {
            return;
        }

        var bytes = File.ReadAllBytes(cluster.Store.DatabasePath).AsSpan();
        var log = cluster.Store.DatabasePath + "-wal";
        var logged = File.Exists(log) ? ReadShared(log) : [];
        foreach (var secret in ledger.Secrets)
        {
            var text = Encoding.UTF8.GetBytes(secret).AsSpan();
            if (bytes.IndexOf(text) >= 0 || logged.AsSpan().IndexOf(text) >= 0)
            {
                ledger.Violate(5, "the text of a policy token is readable in the database");
            }
        }
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static string ManifestWord(JobStatus status) => status switch
    {
        JobStatus.Succeeded => "complete",
        _ => "failed",
    };
}
