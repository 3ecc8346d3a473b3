using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Jobs;

/// <summary>
/// The door of job requests. It also lifts the policy token out of wherever the contract allows it to stand, before anything can
/// store, log or hash the inputs.
/// </summary>
public static class JobRequestReader
{
    /// <summary>Characters of a token's text.</summary>
    public const int MaxTokenLength = 16_384;

    private const int MaxTraceIdLength = 256;
    private const int MaxPriority = 10;
    private const int MaxAttempts = 10;
    private const int MaxTimeoutMs = 86_400_000;
    private const int MaxWaitMs = 24 * MaxTimeoutMs;

    private static readonly string[] TokenMembers = ["approval_token", "policy_token"];

    /// <summary>Reads one request. The inputs of the result may point into the body's document, which must outlive it.</summary>
    /// <param name="defaultTenant">The tenant when the body names none: that of the caller's key.</param>
    /// <param name="idempotencyKeyHeader">The Idempotency-Key header; it must not contradict the body's member.</param>
    public static Outcome<JobRequest> Read(JsonElement body, TenantId? defaultTenant = null, string? idempotencyKeyHeader = null)
    {
        var fields = FieldReader.Open(body);
        var inputs = fields.Object("inputs") ?? ContractJson.EmptyObject;
        var request = new JobRequest
        {
            TenantId = fields.Tenant("tenant_id", defaultTenant),
            TemplateKey = ReadTemplateKey(fields),
            PolicyToken = ReadToken(fields, inputs),
            Inputs = WithoutTokens(inputs),
            ProjectId = fields.Id("project_id"),
            TraceId = fields.Text("trace_id", MaxTraceIdLength),
            ActorId = fields.Id("actor_id"),
            DryRun = fields.Flag("dry_run") ?? false,
            IdempotencyKey = ReadIdempotencyKey(fields, idempotencyKeyHeader),
            Priority = fields.Whole("priority", -MaxPriority, MaxPriority) ?? 0,
            RunAt = fields.Time("run_at"),
            MaxAttempts = fields.Whole("max_attempts", 1, MaxAttempts),
            TimeoutMs = fields.Whole("timeout_ms", 1, MaxTimeoutMs),
            StartTimeoutMs = fields.Whole("start_timeout_ms", 1, MaxWaitMs),
            TotalTimeoutMs = fields.Whole("total_timeout_ms", 1, MaxWaitMs),
            Limit = JobLimit.Read(fields.Child("limit")),
            ParentRunId = ReadParent(fields),
        };
        return fields.Finish(() => request);
    }

    private static string ReadTemplateKey(FieldReader fields)
    {
        if (fields.Find("job_type") is null)
        {
            return fields.RequiredId("template_key");
        }

        var jobType = fields.RequiredId("job_type");
        var templateKey = fields.Id("template_key");
        if (templateKey is not null && !string.Equals(templateKey, jobType, StringComparison.Ordinal))
        {
            fields.Fail("job_type", "Must equal template_key when both are given", FieldCodes.Conflict);
        }

        return jobType;
    }

    /// <summary>The first token that is given: at top level, then in the inputs. Blank ones count as absent.</summary>
    private static string? ReadToken(FieldReader fields, JsonElement inputs)
    {
        var token = TokenOf(fields, fields.Find("policy_token"), "policy_token");
        foreach (var name in TokenMembers)
        {
            var inner = TokenOf(fields, inputs.TryGetProperty(name, out var value) ? value : null, $"inputs.{name}");
            token ??= inner;
        }

        return token;
    }

    private static string? TokenOf(FieldReader fields, JsonElement? value, string field)
    {
        switch (value?.ValueKind)
        {
            case null or JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                var text = value.Value.GetString()!;
                if (text.Length > MaxTokenLength)
                {
                    fields.Fail(field, $"Must be at most {MaxTokenLength} characters", FieldCodes.TooLong);
                }

                return string.IsNullOrWhiteSpace(text) ? null : text;
            default:
                fields.Fail(field, "Must be a policy token's text", FieldCodes.InvalidType);
                return null;
        }
    }

    private static JsonElement WithoutTokens(JsonElement inputs)
    {
        if (!TokenMembers.Any(name => inputs.TryGetProperty(name, out _)))
        {
            return inputs;
        }

        var kept = inputs.EnumerateObject().Where(member => !TokenMembers.Contains(member.Name, StringComparer.Ordinal));
        return JsonSerializer.SerializeToElement(kept.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal));
    }

    private static string? ReadIdempotencyKey(FieldReader fields, string? header)
    {
        var key = fields.Id("idempotency_key");
        if (header is null)
        {
            return key;
        }

        var fromHeader = fields.CheckId("idempotency_key", header);
        if (key is not null && fromHeader is not null && !string.Equals(key, fromHeader, StringComparison.Ordinal))
        {
            fields.Fail("idempotency_key", "Must equal the Idempotency-Key header when both are given", FieldCodes.Conflict);
        }

        return key ?? fromHeader;
    }

    private static JobId? ReadParent(FieldReader fields)
    {
        if (fields.Id("parent_run_id") is not { } text)
        {
            return null;
        }

        if (JobId.TryParse(text, null, out var id))
        {
            return id;
        }

        fields.Fail("parent_run_id", "Must be a run id (UUID)", FieldCodes.InvalidFormat);
        return null;
    }
}
