using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Templates;

/// <summary>Body of a template change: <c>{enabled?, default_max_attempts?, default_timeout_ms?}</c>, at least one of them.</summary>
public static class TemplatePatchReader
{
    private const int MaxAttempts = 10;
    private const int MaxTimeoutMs = 86_400_000;

    public static Outcome<TemplatePatch> Read(JsonElement body)
    {
        var fields = FieldReader.Open(body);
        var patch = new TemplatePatch
        {
            Enabled = fields.Flag("enabled"),
            DefaultMaxAttempts = fields.Whole("default_max_attempts", 1, MaxAttempts),
            DefaultTimeoutMs = fields.Whole("default_timeout_ms", 1, MaxTimeoutMs),
        };
        if (!fields.HasErrors && patch == new TemplatePatch())
        {
            fields.Fail("", "Name at least one of enabled, default_max_attempts, default_timeout_ms", FieldCodes.Required);
        }

        return fields.Finish(() => patch);
    }
}
