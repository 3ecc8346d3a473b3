using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Policy;

namespace JobForge.Grains.Tenants;

/// <summary>What one decision looks at. Made and used within one turn.</summary>
public sealed record AdmissionCase(RegistrySnapshot Registry, TenantId Tenant, JobRequest Request, string InputsDigest, DateTimeOffset Now);

/// <summary>
/// The rules of admission, in the order in which they speak: switched-off features first, then what is wrong with the request. A request takes the
/// first refusal; a dry run lists all of them.
/// </summary>
public sealed class AdmissionRules(PolicyTokens tokens, IHandlerCatalogue handlers)
{
    /// <summary>Refusals of the switches: they are reported before anything is validated.</summary>
    public IEnumerable<Refusal> Switches(AdmissionCase @case)
    {
        var (registry, tenant, request, _, _) = @case;
        if (registry.Template(request.TemplateKey) is not { } template)
        {
            yield return Refusal.NotFound(FrozenTexts.TemplateNotFound(request.TemplateKey));
            yield break;
        }

        var flags = registry.Flags(tenant);
        if (template.Row.IsAutopilot && !flags[FeatureFlag.AutopilotJobsEnabled])
        {
            yield return new Refusal(ErrorCode.FeatureDisabled, FrozenTexts.AutopilotJobsDisabled);
        }

        if (template.Row.IsActionJob && !flags[FeatureFlag.ActionJobsEnabled])
        {
            yield return new Refusal(ErrorCode.FeatureDisabled, FrozenTexts.ActionJobsDisabled);
        }

        if (!registry.IsEnabled(tenant, template))
        {
            yield return new Refusal(ErrorCode.TemplateDisabled, FrozenTexts.TemplateDisabled(request.TemplateKey));
        }
        else if (!handlers.Serves(request.TemplateKey))
        {
            // Rows can be enabled by SQL; a job that nothing can run is not taken.
            yield return new Refusal(ErrorCode.TemplateDisabled, $"{FrozenTexts.TemplateDisabled(request.TemplateKey)} (no handler serves it)");
        }
    }

    /// <summary>Refusals of the request itself: its inputs, and for an action job its token.</summary>
    public IEnumerable<Refusal> Demands(AdmissionCase @case)
    {
        if (@case.Registry.Template(@case.Request.TemplateKey) is not { } template)
        {
            yield break;
        }

        if (@case.Request.Depth > ChildRun.DeepestRun)
        {
            yield return Refusal.Invalid("parent_run_id", $"Runs that request runs may be {ChildRun.DeepestRun} deep");
        }

        if (InputsRefusal(template, @case.Request) is { } invalid)
        {
            yield return invalid;
        }

        if (template.Row.IsActionJob && PolicyRefusal(template, @case) is { } denied)
        {
            yield return denied;
        }
    }

    /// <summary>Checks the request's token as for this template; null when it carries none.</summary>
    public PolicyCheck? CheckToken(RegisteredTemplate template, AdmissionCase @case) => @case.Request.PolicyToken is not { } text
        ? null
        : tokens.Verify(text, new PolicyDemand
        {
            TenantId = @case.Tenant.Value,
            Action = template.Row.TemplateKey,
            RequiredScopes = template.Row.RequiredScopes,
            ProjectId = @case.Request.ProjectId,
            ActorId = @case.Request.ActorId,
            Resource = ResourceOf(@case.Request),
            InputsDigest = PolicyTokens.InputsDigest(template.Row.Version, @case.Request.Inputs),
            Exact = true,
        }, @case.Now);

    private static Refusal? InputsRefusal(RegisteredTemplate template, JobRequest request)
    {
        if (template.InputSchema is not { } schema)
        {
            return new Refusal(ErrorCode.TemplateDisabled, $"{FrozenTexts.TemplateDisabled(request.TemplateKey)} (its input schema is invalid: {template.SchemaFault})");
        }

        var errors = schema.Validate(request.Inputs);
        return errors.Count == 0
            ? null
            : Refusal.Invalid([.. errors.Select(error => error with { Field = error.Field.Length == 0 ? "inputs" : $"inputs.{error.Field}" })]);
    }

    private Refusal? PolicyRefusal(RegisteredTemplate template, AdmissionCase @case)
    {
        if (CheckToken(template, @case) is { } check)
        {
            return check.Allowed ? null : new Refusal(ErrorCode.PolicyDenied, check.Reason!);
        }

        return @case.Registry.Flags(@case.Tenant)[FeatureFlag.RequirePolicyTokens]
            ? new Refusal(ErrorCode.PolicyDenied, FrozenTexts.PolicyTokenRequired)
            : null;
    }

    /// <summary>What an action job is about, for tokens bound to a resource: its changeset, else its target.</summary>
    private static string? ResourceOf(JobRequest request)
    {
        foreach (var name in (ReadOnlySpan<string>)["resource", "changeset_id", "target"])
        {
            if (request.Inputs.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String)
            {
                return value.GetString();
            }
        }

        return null;
    }
}

/// <summary>Which templates something in this installation can run.</summary>
public interface IHandlerCatalogue
{
    bool Serves(string templateKey);
}
