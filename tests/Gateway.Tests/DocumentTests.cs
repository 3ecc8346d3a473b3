using System.Text.Json;
using JobForge.Gateway.Access;
using JobForge.Gateway.Tests.Doubles;

namespace JobForge.Gateway.Tests;

public sealed class DocumentTests
{
    [Fact]
    public async Task The_document_tells_every_route_with_summary_answers_problems_and_the_key_it_needs()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client();
        var document = (await client.ReadAsync("/v1/openapi.json")).Json;
        var paths = document.GetProperty("paths");

        foreach (var door in Doors.All.Where(door => door.Pattern.StartsWith("/v1/", StringComparison.Ordinal) && door.Name != "openapi"))
        {
            var path = door.Pattern.Replace("{**", "{", StringComparison.Ordinal);
            var operation = paths.GetProperty(path).GetProperty(door.Method.ToLowerInvariant());
            operation.GetProperty("summary").GetString().ShouldBe(door.Summary);
            operation.GetProperty("operationId").GetString().ShouldBe(door.Name);
            operation.TryGetProperty("security", out _).ShouldBe(door.LeastRole is not null, door.Name);

            var responses = operation.GetProperty("responses");
            responses.EnumerateObject().Count(answer => answer.Name.StartsWith('2')).ShouldBeGreaterThan(0, door.Name);
            responses.GetProperty("500").GetProperty("content").TryGetProperty("application/problem+json", out _).ShouldBeTrue();
            if (door.Method is "POST" or "PATCH" && door.Name is not "revokeApiKey")
            {
                operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").ValueKind.ShouldBe(JsonValueKind.Object);
            }
        }

        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("apiKey").GetProperty("scheme").GetString().ShouldBe("bearer");
    }

    [Fact]
    public async Task Every_reference_of_the_document_leads_somewhere_and_ids_and_times_are_strings()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client();
        var text = (await client.ReadAsync("/v1/openapi.json")).Text;
        var schemas = JsonElement.Parse(text).GetProperty("components").GetProperty("schemas");

        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(
            text, "\"#/components/schemas/(?<name>[^\"/]+)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)))
        {
            schemas.TryGetProperty(match.Groups["name"].Value, out _).ShouldBeTrue(match.Value);
        }

        var job = schemas.GetProperty("JobRow").GetProperty("properties");
        TypeOf(job, "id").ShouldContain("string");
        TypeOf(job, "tenant_id").ShouldContain("string");
        TypeOf(job, "created_at").ShouldContain("date-time");
        TypeOf(job, "status").ShouldContain("succeeded");

        string TypeOf(JsonElement properties, string name)
        {
            var schema = properties.GetProperty(name);
            return schema.TryGetProperty("$ref", out var reference) ? schemas.GetProperty(reference.GetString()!.Split('/')[^1]).GetRawText() : schema.GetRawText();
        }
    }
}
