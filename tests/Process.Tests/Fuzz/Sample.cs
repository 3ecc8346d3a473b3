using System.Text.Json;
using System.Text.Json.Nodes;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>Things that exist in the installation under attack, so that a request gets past the first check.</summary>
/// <param name="Ids">Jobs of the own tenant, and one of the rival's.</param>
internal sealed record Pool(string Tenant, string Rival, IReadOnlyList<string> Ids, IReadOnlyList<string> Templates, IReadOnlyList<string> KeyIds, IReadOnlyList<string> Tokens);

/// <summary>A body that its schema allows, filled with what the pool has where a member's name tells what it is.</summary>
internal sealed class Sample(RouteTable routes, Pool pool, Chance chance)
{
    private const int Deepest = 6;

    public JsonNode? Of(JsonElement schema, string member = "", int depth = 0)
    {
        schema = routes.Resolve(schema);
        if (Known(member) is { } known)
        {
            return known;
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            return JsonValue.Create(words[chance.Next(words.GetArrayLength())].GetString());
        }

        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(choice, out var of))
            {
                return Of(of[chance.Next(of.GetArrayLength())], member, depth + 1);
            }
        }

        return TypeOf(schema) switch
        {
            "object" => ObjectOf(schema, depth),
            "array" => depth > Deepest ? [] : new JsonArray([.. Enumerable.Range(0, chance.Next(4)).Select(_ => schema.TryGetProperty("items", out var items) ? Of(items, "", depth + 1) : null)]),
            "integer" => JsonValue.Create(chance.Of(0, 1, 2, 10, 1000, -1)),
            "number" => JsonValue.Create(chance.Of(0.0, 1.5, -2.25)),
            "boolean" => JsonValue.Create(chance.OneIn(2)),
            "null" => null,
            _ => JsonValue.Create(TextOf(schema)),
        };
    }

    private JsonObject ObjectOf(JsonElement schema, int depth)
    {
        var made = new JsonObject();
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet(StringComparer.Ordinal) : [];
        foreach (var property in schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : default)
        {
            if (depth <= Deepest && (required.Contains(property.Name) || chance.OneIn(2)))
            {
                made[property.Name] = Of(property.Value, property.Name, depth + 1);
            }
        }

        if (schema.TryGetProperty("additionalProperties", out var further) && further.ValueKind == JsonValueKind.Object)
        {
            made[chance.Of("a", "events_enabled", "jobs")] = Of(further, "", depth + 1);
        }

        return made;
    }

    private string TextOf(JsonElement schema) => schema.TryGetProperty("format", out var format) && format.GetString() == "date-time"
        ? chance.Of("2030-01-01T00:00:00Z", "2020-02-29T23:59:59.999+14:00", "2026-01-01T00:00:00.000Z")
        : chance.Of("a", "load.test", "settler", "user-abc", "1.0", "x-1");

    /// <summary>What the names of the contract mean; null: the schema decides.</summary>
    private JsonNode? Known(string member) => chance.OneIn(8) ? null : member switch
    {
        "tenant_id" => chance.OneIn(8) ? pool.Rival : pool.Tenant,
        "template_key" or "job_type" => chance.Of(pool.Templates),
        "inputs" => chance.OneIn(4) ? new JsonObject() : JsonNode.Parse("""{"period":"24h","granularity":"hourly","key_ids":["k"]}"""),
        "id" or "job_id" or "parent_run_id" or "event_id" or "retry_of" => chance.Of(pool.Ids),
        "key_id" => chance.Of(pool.KeyIds),
        "token" or "policy_token" => chance.Of(pool.Tokens),
        "action" => "autopilot.ops.apply",
        "scopes" or "required_scopes" => new JsonArray("ops:write"),
        "role" => chance.Of("app", "tenant_admin"),
        "event_type" => "load.test",
        "source_app" => "external",
        "trace_id" => "fuzz",
        "name" => "fuzz",
        "per_second" or "max" or "priority" or "max_attempts" => chance.Of(1, 2, 5),
        // Limits that would shut the tenant out, and with it everything behind the first check.
        "requests_per_minute" or "max_queued_jobs" => 1_000_000,
        _ => null,
    };

    private string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? "object" : "string";
        }

        return type.ValueKind == JsonValueKind.String ? type.GetString()! : type[chance.Next(type.GetArrayLength())].GetString()!;
    }
}
