using System.Text.Json;
using JobForge.Contracts.Templates;

namespace JobForge.Corridor.Tests.Fixtures;

/// <summary>Templates that only these tests register, one of each kind that admission tells apart.</summary>
internal static class TestTemplates
{
    public const string Work = "test.work";
    public const string Autopilot = "autopilot.test";
    public const string Action = "test.action";

    /// <summary>No handler serves it.</summary>
    public const string Unserved = "test.unserved";

    /// <summary>Served, and never enabled by the fixture.</summary>
    public const string Disabled = "test.disabled";

    public static IReadOnlyList<string> Served { get; } = [Work, Autopilot, Action, Disabled];

    public static IReadOnlyList<string> Enabled { get; } = [Work, Autopilot, Action];

    public static IReadOnlyList<JobTemplate> All { get; } =
    [
        Make(Work), Make(Autopilot), Make(Unserved), Make(Disabled),
        Make(Action) with
        {
            IsActionJob = true,
            RequiredScopes = ["ops:read", "ops:write"],
            InputSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "required": ["target"],
                  "properties": {
                    "target": {"type": "string"},
                    "steps": {"type": "array", "items": {"type": "object", "properties": {"count": {"type": "integer"}}}}
                  }
                }
                """),
        },
    ];

    private static JobTemplate Make(string key) => new()
    {
        TemplateKey = key,
        Name = key,
        Category = "core",
        InputSchema = JsonElement.Parse("""{"type":"object"}"""),
        OutputSchema = JsonElement.Parse("""{"type":"object"}"""),
    };
}
