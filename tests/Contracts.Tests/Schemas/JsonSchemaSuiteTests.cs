using System.Text.Json;
using JobForge.Contracts.Schemas;

namespace JobForge.Contracts.Tests.Schemas;

/// <summary>The public JSON-Schema-Test-Suite, draft 2020-12.</summary>
public sealed class JsonSchemaSuiteTests
{
    /// <summary>Files about what the subset leaves out: every schema in them may be refused, none may be accepted and judged wrongly.</summary>
    private static readonly HashSet<string> Unsupported = new(StringComparer.Ordinal)
    {
        "vocabulary", "dynamicRef", "refRemote", "unevaluatedItems", "unevaluatedProperties", "content",

        // The suite's default is that a format is a remark; ours are asserted.
        "format",
    };

    /// <summary>Schemas of supported files that need more than the subset: a $id below the root, a document elsewhere, unevaluated*, \p{..} in a pattern.</summary>
    private static readonly HashSet<string> Refusable = new(StringComparer.Ordinal)
    {
        "patternProperties: patternProperties with Unicode property escape",
        "pattern: pattern with Unicode property escape requires unicode mode",
        "anchor: Location-independent identifier with absolute URI",
        "anchor: Location-independent identifier with base URI change in subschema",
        "anchor: same $anchor with different base uri",
        "not: collect annotations inside a 'not', even if collection is disabled",
        "defs: validate definition against metaschema",
        "ref: remote ref, containing refs itself",
        "ref: Recursive references between schemas",
        "ref: ref creates new scope when adjacent to keywords",
        "ref: refs with relative uris and defs",
        "ref: relative refs with absolute uris and defs",
        "ref: $id must be resolved against nearest parent, not just immediate parent",
        "ref: order of evaluation: $id and $ref",
        "ref: order of evaluation: $id and $anchor and $ref",
        "ref: order of evaluation: $id and $ref on nested schema",
        "ref: simple URN base URI with $ref via the URN",
        "ref: URN base URI with URN and JSON pointer ref",
        "ref: URN base URI with URN and anchor ref",
        "ref: URN ref with nested pointer ref",
        "ref: ref to if",
        "ref: ref to then",
        "ref: ref to else",
        "ref: ref with absolute-path-reference",
    };

    [Fact]
    public void Every_case_of_a_supported_keyword_is_judged_right_and_the_rest_is_refused()
    {
        var folder = SharedTestData.Require("json-schema-2020-12");
        List<string> wrong = [];
        var (ran, refused) = (0, 0);
        foreach (var file in Directory.GetFiles(folder, "*.json"))
        {
            foreach (var group in JsonElement.Parse(File.ReadAllBytes(file)).EnumerateArray())
            {
                var name = $"{Path.GetFileNameWithoutExtension(file)}: {group.GetProperty("description").GetString()}";
                var compiled = JsonSchema.Compile(group.GetProperty("schema"));
                var cases = group.GetProperty("tests");
                if (compiled.IsRefused)
                {
                    refused += cases.GetArrayLength();
                    if (!Unsupported.Contains(Path.GetFileNameWithoutExtension(file)) && !Refusable.Contains(name))
                    {
                        wrong.Add($"refused: {name}: {compiled.Refusal.Message}");
                    }
                }
                else if (Path.GetFileNameWithoutExtension(file) is not "format")
                {
                    ran += cases.GetArrayLength();
                    wrong.AddRange(cases.EnumerateArray().Where(one => !Agrees(compiled.Value, one)).Select(one => $"{name}: {one.GetProperty("description").GetString()}"));
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"JSON Schema suite: {ran} cases ran, {refused} refused with their schemas.");
        wrong.ShouldBeEmpty();
        ran.ShouldBeGreaterThanOrEqualTo(818);
    }

    private static bool Agrees(JsonSchema schema, JsonElement one)
    {
        var (value, expected) = (one.GetProperty("data"), one.GetProperty("valid").GetBoolean());
        return (schema.Validate(value).Count == 0) == expected && schema.IsValid(value) == expected;
    }
}
