using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

/// <summary>The statements of one admission, in the order of the promise: key, then token, then row, then audit.</summary>
internal sealed class JobAdmission(NewJob job)
{
    // Hashed on the caller's thread: the writer's time is what everybody shares.
    private readonly byte[]? _key = job.Job.Row.IdempotencyKey is { } key
        ? KeyHash.Of(job.Job.Row.TenantId.Value, job.Job.Row.TemplateKey, key)
        : null;

    private readonly byte[] _inputs = job.Job.Row.IdempotencyKey is null ? [] : KeyHash.Of(job.Job.Row.InputsDigest);

    private JobRow Row => job.Job.Row;

    public Admission Write(SqliteSession session, OpenEpochs openEpochs)
    {
        if (_key is not null && session.Use("jobs/claim_key").Add(_key).Add(Row.Id.Value).Add(_inputs).Run() == 0)
        {
            return EarlierUse(session, _key);
        }

        if (RefusedToken(session) is { } refused)
        {
            if (_key is not null)
            {
                session.Use("jobs/release_key").Add(_key).Run();
            }

            return new Admission(refused, null);
        }

        session.Use("jobs/admit").AddJob(job.Job, openEpochs.OwnerOrNull(job.Job.OwnerEpoch)).Run();
        if (job.Audit is { } audit)
        {
            AuditRows.Append(session, audit);
        }

        return new Admission(AdmissionKind.Admitted, Row);
    }

    private Admission EarlierUse(SqliteSession session, byte[] key)
    {
        var (id, inputs) = session.Use("jobs/find_key").Add(key).First(row => (row.Guid(0), row.BytesOrNull(1)));
        var earlier = session.Use("jobs/find").Add(Row.TenantId.Value).Add(id).First(JobRows.ReadRow);
        return new Admission(_inputs.AsSpan().SequenceEqual(inputs) ? AdmissionKind.Existing : AdmissionKind.KeyConflict, earlier);
    }

    private AdmissionKind? RefusedToken(SqliteSession session)
    {
        if (job.TokenUse is not { } use)
        {
            return null;
        }

        var revoked = session.Use("jobs/find_token").Add(Row.TenantId.Value).Add(use.TokenId).First(row => (bool?)row.Bool(0));
        if (revoked is not null)
        {
            return revoked.Value ? AdmissionKind.TokenRevoked : AdmissionKind.TokenUsed;
        }

        session.Use("jobs/burn_token").Add(Row.TenantId.Value).Add(use.TokenId).Add(use.TokenDigest).Add(Row.Id.Value).Add(Row.CreatedAt)
            .Add(use.ExpiresAt).Run();
        return null;
    }
}
