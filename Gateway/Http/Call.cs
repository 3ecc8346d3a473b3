using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Gateway.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace JobForge.Gateway.Http;

/// <summary>One call that passed the gate, as endpoints see it: who calls, for which tenant, with what query and body.</summary>
public sealed class Call(HttpContext http)
{
    private Visitor? _visitor;
    private QueryReader? _query;

    public HttpContext Http => http;

    /// <exception cref="InvalidOperationException">The route needs no key, so nobody is known.</exception>
    public Visitor Visitor => _visitor ??= http.Features.Get<Visitor>() ?? throw new InvalidOperationException("No visitor passed the gate.");

    public QueryReader Query => _query ??= new(http.Request.Query);

    public CancellationToken Cancel => http.RequestAborted;

    /// <summary>How minimal APIs make one.</summary>
    public static ValueTask<Call?> BindAsync(HttpContext context) => ValueTask.FromResult<Call?>(new(context));

    public Caller Caller(string? actorId = null) => new(Visitor.KeyId, CorrelationId.Of(http)) { ActorId = actorId };

    public ProblemAnswer Refuse(Refusal refusal) => new(refusal);

    public Task<Outcome<JsonElement>> BodyAsync() =>
        RequestBody.ReadAsync(http, http.RequestServices.GetRequiredService<GatewayOptions>().MaxBodyBytes);

    /// <summary>The tenant of the call, from the body's or the query's <c>tenant_id</c> or the key.</summary>
    public bool TryTenant(out TenantId tenant, [NotNullWhen(false)] out ProblemAnswer? refused, JsonElement body = default)
    {
        var found = NamedTenant(body) is { IsRefused: false } named ? Visitor.TenantFor(named.Value) : NamedTenant(body).Refusal!;
        (tenant, refused) = (found.Value, found.IsRefused ? Refuse(found.Refusal) : null);
        return refused is null;
    }

    /// <summary>As <see cref="TryTenant"/>; null for an operator who names no tenant.</summary>
    public bool TryScope(out TenantId? tenant, [NotNullWhen(false)] out ProblemAnswer? refused, JsonElement body = default)
    {
        var found = NamedTenant(body) is { IsRefused: false } named ? Visitor.ScopeFor(named.Value) : NamedTenant(body).Refusal!;
        (tenant, refused) = (found.Value, found.IsRefused ? Refuse(found.Refusal) : null);
        return refused is null;
    }

    /// <summary>The run that the path names, and its tenant. An id that cannot be one is as good as absent.</summary>
    public bool TryRun(string id, out RunAddress run, [NotNullWhen(false)] out ProblemAnswer? refused, JsonElement body = default)
    {
        run = default;
        if (!TryTenant(out var tenant, out refused, body))
        {
            return false;
        }

        if (!JobId.TryParse(id, null, out var job))
        {
            refused = Refuse(NoSuchRun);
            return false;
        }

        run = new(tenant, job);
        return true;
    }

    public static Refusal NoSuchRun { get; } = Refusal.NotFound("Job not found");

    private Outcome<string> NamedTenant(JsonElement body)
    {
        var inQuery = http.Request.Query["tenant_id"].ToString();
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("tenant_id", out var member) || member.ValueKind == JsonValueKind.Null)
        {
            return inQuery;
        }

        if (member.ValueKind != JsonValueKind.String)
        {
            return Refusal.Invalid("tenant_id", "Must be a string", Contracts.Json.FieldCodes.InvalidType);
        }

        var inBody = member.GetString()!;
        return inQuery.Length > 0 && !string.Equals(OpaqueId.Normalize(inQuery), OpaqueId.Normalize(inBody), StringComparison.Ordinal)
            ? Refusal.Invalid("tenant_id", "Must be the same in body and query", Contracts.Json.FieldCodes.Conflict)
            : inBody;
    }
}

/// <summary>Which run of which tenant.</summary>
public readonly record struct RunAddress(TenantId Tenant, JobId Job);
