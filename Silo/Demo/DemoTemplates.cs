using System.Text.Json;
using JobForge.Contracts.Json;
using JobForge.Contracts.Templates;
using JobForge.Handlers;

namespace JobForge.Silo.Demo;

/// <summary>Two templates that only the demo registers: one whose handler fails twice, one that fails for good.</summary>
public static class DemoTemplates
{
    public const string Flaky = "demo.flaky";
    public const string Broken = "demo.broken";

    public static IReadOnlyList<JobTemplate> All { get; } =
    [
        Make(Flaky, "Fails twice, then succeeds"),
        Make(Broken, "Fails for good"),
    ];

    private static JobTemplate Make(string key, string name) => new()
    {
        TemplateKey = key,
        Name = name,
        Category = "core",
        InputSchema = JsonElement.Parse("""{"type":"object"}"""),
        OutputSchema = JsonElement.Parse("""{"type":"object"}"""),
        RequiredScopes = ["demo:read"],
    };
}

/// <summary>A dependency that is away for the first two attempts.</summary>
public sealed class FlakyHandler : IJobHandler
{
    public string TemplateKey => DemoTemplates.Flaky;

    public Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        context.Log($"attempt {context.Attempt} of {context.MaxAttempts}");
        return Task.FromResult(context.Attempt < 3
            ? HandlerResult.Retry("dependency_down", $"The dependency did not answer attempt {context.Attempt}.")
            : HandlerResult.Success(JsonSerializer.SerializeToElement(new { SucceededOnAttempt = context.Attempt }, ContractJson.Options)));
    }
}

/// <summary>Something that no further attempt would mend.</summary>
public sealed class BrokenHandler : IJobHandler
{
    public string TemplateKey => DemoTemplates.Broken;

    public Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        context.Log("the account behind this job was closed", RunLogLevel.Error);
        return Task.FromResult(HandlerResult.Permanent("account_closed", "The account was closed; trying again cannot help."));
    }
}
