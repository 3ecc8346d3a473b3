using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;

namespace JobForge.Storage.Postgres.Jobs;

/// <summary>What one caller wants admitted. Made on the caller's thread: what a lane does, everybody waits for.</summary>
internal sealed class AdmissionCall(IReadOnlyList<NewJob> jobs)
{
    public IReadOnlyList<AdmissionRow> Rows { get; } = [.. jobs.Select(job => new AdmissionRow(job))];

    /// <summary>True when it needs more than its rows and keys: tokens to burn, or audit rows.</summary>
    public bool IsGuarded { get; } = jobs.Any(job => job.TokenUse is not null || job.Audit is not null);
}

internal sealed class AdmissionRow
{
    public AdmissionRow(NewJob job)
    {
        New = job;
        var row = job.Job.Row;
        Inputs = Value.Json(row.Inputs);
        if (row.IdempotencyKey is { } key)
        {
            Key = new Guid(KeyHash.Of(row.TenantId.Value, row.TemplateKey, key), bigEndian: true);
            InputsHash = new Guid(KeyHash.Of(row.InputsDigest), bigEndian: true);
        }
    }

    public NewJob New { get; }

    public StoredJob Job => New.Job;

    public JobRow Row => New.Job.Row;

    public byte[] Inputs { get; }

    /// <summary>Null when the job has no idempotency key.</summary>
    public Guid? Key { get; }

    public Guid InputsHash { get; }

    public Admission Admitted() => new(AdmissionKind.Admitted, Row);
}
