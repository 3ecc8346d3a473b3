using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

/// <summary>Gathers what the store knows about where a job stands; only what its state makes worth asking.</summary>
internal static class Standing
{
    private const int MostAhead = StandingFacts.MostAhead;

    public static StandingFacts? Read(SqliteSession session, TenantId tenant, JobId id)
    {
        if (session.Use("jobs/find").Add(tenant.Value).Add(id.Value).First(JobRows.Read) is not { } job)
        {
            return null;
        }

        var facts = new StandingFacts { Job = job };
        return job.Row.Status.IsFinal() ? facts : Behind(session, Around(session, facts));
    }

    /// <summary>Whose it is, and what may hold it.</summary>
    private static StandingFacts Around(SqliteSession session, StandingFacts facts)
    {
        var job = facts.Job;
        return facts with
        {
            Holder = job.OwnerEpoch is { } owner
                ? session.Use("read/holder").Add(owner).First(row => new HolderFacts(row.Int64(0), row.Text(1), row.Time(2), row.Bool(3)))
                : null,
            Pause = session.Use("read/pauses_of").Add(job.Row.TenantId.Value).All(RegistryReading.ReadPause)
                .Find(pause => pause.TemplateKey is null || string.Equals(pause.TemplateKey, job.Row.TemplateKey, StringComparison.Ordinal)),
            TenantLimits = session.Use("tenants/find").Add(job.Row.TenantId.Value).First(RegistryReading.ReadTenant)?.Limits ?? default,
            OpenChildren = job.Hold == JobHold.Children
                ? session.Use("read/open_children").Add(job.Row.Id.Value).Add(ChildRun.MostChildren).First(row => row.Int32(0))
                : 0,
        };
    }

    /// <summary>Who comes first.</summary>
    private static StandingFacts Behind(SqliteSession session, StandingFacts facts)
    {
        var job = facts.Job;
        var (tenant, id) = (job.Row.TenantId.Value, job.Row.Id.Value);
        if (job.Hold == JobHold.Limit)
        {
            return facts with
            {
                AheadAtGate = session.Use("read/ahead_at_gate").Add(tenant).Add(job.GateKey).AddReal(job.FairTag).Add(id).Add(MostAhead).First(row => row.Int32(0)),
                TenantPassed = session.Use("holds/passed_of_tenant").Add(tenant).Add(JobLimit.MostRunning).First(row => row.Int32(0)),
                KeyPassed = session.Use("holds/passed_of_key").Add(tenant).Add(job.GateKey).Add(JobLimit.MostRunning).First(row => row.Int32(0)),
            };
        }

        if (job.Row.Status != JobStatus.Queued || job.WaitUntil is not null || job.Hold is not null)
        {
            return facts;
        }

        var (ahead, ofTenant) = session.Use("read/ahead").Add(tenant).Add(job.OwnerEpoch).AddReal(job.FairTag).Add(id).Add(MostAhead)
            .First(row => (row.Int32(0), row.Int32(1)));
        return facts with { Ahead = ahead, AheadOfTenant = ofTenant };
    }
}
