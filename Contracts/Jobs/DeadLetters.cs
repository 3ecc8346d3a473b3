using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Jobs;

/// <summary>Which failed jobs of a tenant. Every member that is given must match.</summary>
public sealed record DeadLetterFilter
{
    public required TenantId TenantId { get; init; }

    public string? TemplateKey { get; init; }

    /// <summary>One of <see cref="StatusReasons"/>.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The job's <c>error.code</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Attempts that were started, exactly.</summary>
    public int? Attempts { get; init; }

    /// <summary>Failed at this time or later.</summary>
    public DateTimeOffset? FromTime { get; init; }

    /// <summary>Failed at this time or earlier.</summary>
    public DateTimeOffset? ToTime { get; init; }

    /// <summary>Reads the member <c>filter</c> of a body: <c>{template_key?, status_reason?, error_code?, attempts?, from_time?, to_time?}</c>.</summary>
    internal static DeadLetterFilter Read(FieldReader? fields, TenantId tenant) => fields is null
        ? new DeadLetterFilter { TenantId = tenant }
        : new DeadLetterFilter
        {
            TenantId = tenant,
            TemplateKey = fields.Id("template_key"),
            StatusReason = fields.Id("status_reason"),
            ErrorCode = fields.Text("error_code", 256),
            Attempts = fields.Whole("attempts", 0, 10),
            FromTime = fields.Time("from_time"),
            ToTime = fields.Time("to_time"),
        };
}

/// <summary>A page of failed jobs, newest first.</summary>
/// <param name="Limit">1-1000.</param>
public sealed record DeadLetterQuery(DeadLetterFilter Filter, int Limit = 50, string? Cursor = null);

public sealed record DeadLetterCount(string TemplateKey, string? StatusReason, long Count);

/// <summary>Runs failed jobs again, each once, as jobs of their own.</summary>
/// <param name="PerSecond">Retries a second at most, above 0 up to 1,000; 10 by default.</param>
/// <param name="Max">Failed jobs to look at, at most, 1-1,000,000; 1,000 by default.</param>
public sealed record RedriveRequest(DeadLetterFilter Filter, double PerSecond, int Max, bool DryRun, string? Reason, string? ActorId)
{
    public const double DefaultPerSecond = 10;
    public const double MostPerSecond = 1_000;
    public const int DefaultMax = 1_000;
    public const int MostJobs = 1_000_000;

    /// <summary>The built-in template whose jobs do the work.</summary>
    public const string TemplateKey = "jobforge.jobs.redrive";

    public static Outcome<RedriveRequest> Read(JsonElement body, TenantId tenant)
    {
        var fields = FieldReader.Open(body);
        if (fields.Find("filter") is null)
        {
            // Nobody re-drives everything by forgetting a body.
            fields.Fail("filter", "Required; an empty one ({}) means every dead letter of the tenant", FieldCodes.Required);
        }

        var request = new RedriveRequest(
            DeadLetterFilter.Read(fields.Child("filter"), tenant),
            fields.Positive("per_second", MostPerSecond) ?? DefaultPerSecond,
            fields.Whole("max", 1, MostJobs) ?? DefaultMax,
            fields.Flag("dry_run") ?? false,
            fields.Text("reason", 500, mayBeBlank: true),
            fields.Id("actor_id"));
        return fields.Finish(() => request);
    }
}
