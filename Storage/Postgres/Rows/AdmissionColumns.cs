using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>The columns of jobs/admit. What is the usual value is sent as null, which the statement replaces: most columns then need not be sent at all.</summary>
internal sealed class AdmissionColumns : ColumnSet
{
    private readonly Column<Guid?> _id, _eventId, _parent, _retryOf, _keyHash, _keyJob, _keyInputs;
    private readonly Column<string> _tenant, _project, _template, _version, _digest, _status, _reason, _trace, _actor, _key, _trigger, _token, _hold, _gate;
    private readonly Column<byte[]> _inputs, _progress, _options, _state;
    private readonly Column<int?> _attempts, _maxAttempts, _timeout, _priority;
    private readonly Column<DateTime?> _runAt, _startedAt, _createdAt, _updatedAt, _waitUntil, _cancelAt, _expiresAt, _deadlineAt;
    private readonly Column<long?> _owner, _owners;
    private readonly Column<double?> _tag;
    private readonly Column<bool?> _startFirst, _needsKey;

    public AdmissionColumns()
    {
        // The order of $1 to $42.
        (_id, _tenant, _project, _template, _version, _inputs, _digest) = (Uuid(), Text(), Text(), Text(), Text(), Json(), Text());
        (_status, _reason, _attempts, _maxAttempts, _timeout, _priority, _runAt) = (Text(), Text(), Integer(), Integer(), Integer(), Integer(), Time());
        (_trace, _actor, _key, _trigger, _eventId, _parent, _retryOf, _token) = (Text(), Text(), Text(), Text(), Uuid(), Uuid(), Uuid(), Text());
        (_progress, _startedAt, _createdAt, _updatedAt) = (Json(), Time(), Time(), Time());
        (_owner, _tag, _waitUntil, _startFirst, _cancelAt) = (Bigint(), Real(), Time(), Boolean(), Time());
        (_needsKey, _keyHash, _keyJob, _keyInputs, _owners) = (Boolean(), Uuid(), Uuid(), Uuid(), Bigint());
        (_options, _expiresAt, _deadlineAt, _hold, _gate, _state) = (Json(), Time(), Time(), Text(), Text(), Json());
    }

    public void AddJob(StoredJob job, byte[] inputs, bool needsKey)
    {
        var row = job.Row;
        _id.Add(row.Id.Value);
        _tenant.Add(row.TenantId.Value);
        _project.Add(row.ProjectId);
        _template.Add(row.TemplateKey);
        _version.Add(row.TemplateVersion);
        _inputs.Add(inputs);
        _digest.Add(row.InputsDigest);
        _status.Add(row.Status == JobStatus.Queued ? null : row.Status.Word());
        _reason.Add(row.StatusReason);
        _attempts.Add(row.Attempts == 0 ? null : row.Attempts);
        _maxAttempts.Add(row.MaxAttempts);
        _timeout.Add(row.TimeoutMs);
        _priority.Add(row.Priority == 0 ? null : row.Priority);
        _runAt.Add(row.RunAt == row.CreatedAt ? null : Value.Millis(row.RunAt));
        _trace.Add(row.TraceId);
        _actor.Add(row.ActorId);
        _key.Add(row.IdempotencyKey);
        _trigger.Add(row.TriggerId);
        _eventId.Add(row.EventId?.Value);
        _parent.Add(row.ParentRunId?.Value);
        _retryOf.Add(row.RetryOf?.Value);
        _token.Add(row.PolicyTokenId);
        _progress.Add(Value.JsonOf(row.Progress));
        _startedAt.Add(Value.Millis(row.StartedAt));
        _createdAt.Add(Value.Millis(row.CreatedAt));
        _updatedAt.Add(row.UpdatedAt == row.CreatedAt ? null : Value.Millis(row.UpdatedAt));
        _owner.Add(job.OwnerEpoch);
        _tag.Add(job.FairTag);
        _waitUntil.Add(Value.Millis(job.WaitUntil));
        _startFirst.Add(job.WriteStartFirst ? true : null);
        _cancelAt.Add(Value.Millis(job.CancelRequestedAt));
        _needsKey.Add(needsKey ? true : null);
        _options.Add(Value.JsonOf(JobOptions.Of(row)));
        _expiresAt.Add(Value.Millis(job.ExpiresAt));
        _deadlineAt.Add(Value.Millis(job.DeadlineAt));
        _hold.Add(job.Hold?.Word());
        _gate.Add(job.GateKey);
        _state.Add(Value.Json(job.HandlerState));
    }

    public void AddKey(Guid hash, Guid job, Guid inputs)
    {
        _keyHash.Add(hash);
        _keyJob.Add(job);
        _keyInputs.Add(inputs);
    }

    public void AddOwner(long epoch) => _owners.Add(epoch);
}
