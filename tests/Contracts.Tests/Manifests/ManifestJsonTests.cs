using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Contracts.Manifests;

namespace JobForge.Contracts.Tests.Manifests;

public sealed class ManifestJsonTests
{
    [Fact]
    public void Any_manifest_is_written_as_the_serializer_writes_it() =>
        Prop.ForAll(Manifests().ToArbitrary(), manifest =>
            Encoding.UTF8.GetString(ManifestJson.Serialize(manifest)) == JsonSerializer.Serialize(manifest, ContractJson.Options)).QuickCheckThrowOnFailure();

    private static Gen<ArtifactManifest> Manifests() =>
        from text in Texts()
        from other in Texts()
        from number in ArbMap.Default.ArbFor<long?>().Generator
        from metric in ArbMap.Default.ArbFor<double>().Filter(double.IsFinite).Generator
        from at in ArbMap.Default.ArbFor<DateTimeOffset>().Generator
        from status in Gen.Elements(Enum.GetValues<ManifestStatus>())
        from bare in ArbMap.Default.ArbFor<bool>().Generator
        select new ArtifactManifest
        {
            RunId = new JobId(Guid.Parse("0198c0de-0000-7000-8000-00000000abcd")),
            TenantId = new TenantId("acme"),
            ProjectId = text,
            JobType = "autopilot.ops.scan",
            CreatedAt = at,
            InputsSnapshotRef = other,
            LogsRef = bare ? null : "/v1/runs/1/logs",
            Outputs = bare ? [] : [new ManifestOutput("a", "json", "/x", number, text, other), new ManifestOutput(other ?? "b", "markdown", "/y")],
            Metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["duration_ms"] = metric, [$"{text}."] = 0 },
            EnvFingerprint = new Dictionary<string, string>(StringComparer.Ordinal) { ["os"] = text ?? "" },
            ToolVersions = new ToolVersions { JobForge = text, Connectors = bare ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["http"] = "1" } },
            Status = status,
            Error = bare ? null : JsonElement.Parse("""{ "code": "x\u00e4", "n": 1.50 }"""),
            Attempt = (int?)number,
            TemplateVersion = other,
            InputsDigest = text,
            TraceId = other,
            TriggerId = text,
            EventId = bare ? null : new EventId(Guid.Parse("0198c0de-0000-7000-8000-00000000abce")),
            PolicyTokenId = text,
        };

    private static Gen<string?> Texts() => ArbMap.Default.ArbFor<string?>().Generator;
}
