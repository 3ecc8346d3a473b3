using System.Text.Json;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>One operation of the process's own OpenAPI document.</summary>
/// <param name="Body">The schema of its body; null: it takes none.</param>
internal sealed record Route(string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Headers, JsonElement? Body)
{
    public override string ToString() => $"{Method} {Path}";
}

/// <summary>What the process says it serves: a door that is added tomorrow is in here without anybody telling.</summary>
internal sealed class RouteTable
{
    private readonly JsonElement _document;

    private RouteTable(JsonElement document)
    {
        _document = document;
        Routes =
        [
            .. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => Read(path.Name, operation))),
            // Served, and not in the document.
            new("GET", "/healthz", [], [], null), new("GET", "/readyz", [], [], null), new("GET", "/metrics", [], [], null), new("GET", "/v1/openapi.json", [], [], null),
        ];
    }

    public IReadOnlyList<Route> Routes { get; }

    public static RouteTable Read(string json) => new(JsonElement.Parse(json));

    /// <summary>The schema that a reference leads to.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
        {
            schema = reference.GetString()!.Split('/').Skip(1).Aggregate(_document, (at, part) => at.GetProperty(part));
        }

        return schema;
    }

    private static Route Read(string path, JsonProperty operation)
    {
        var parameters = operation.Value.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : [];
        JsonElement? body = operation.Value.TryGetProperty("requestBody", out var request) ? request.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema") : null;
        return new Route(operation.Name.ToUpperInvariant(), path, In("query"), In("header"), body);

        List<string> In(string place) => [.. parameters.Where(one => one.GetProperty("in").GetString() == place).Select(one => one.GetProperty("name").GetString()!)];
    }
}
