using System.Text;
using System.Text.Json.Nodes;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>Spoils a valid body: first as JSON, knowing its structure, then as bytes.</summary>
internal static class JsonSpoiler
{
    /// <summary>Raw JSON texts that stand in for a value.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "\"\"", "\" \"", "0", "-0", "-1", "1e309", "-1e-400", "9007199254740993", "123456789012345678901234567890", "0.1e1", "1E400", "[]", "{}", "[[[]]]",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"a\\u202eb\"", "\"..\\/..\\/etc\\/passwd\"", "\"'; DROP TABLE jobforge_jobs; --\"",
        "\"<script>alert(1)</script>\"", "\"0000-00-00T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"2026-02-30T00:00:00Z\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"00000000-0000-0000-0000-000000000000\"", "\"ffffffff-ffff-ffff-ffff-ffffffffffff\"", "\"%00\"", "\"\\r\\nx-injected: 1\"", "NaN", "01", "'a'", "undefined",
    ];

    public static byte[] Spoil(JsonNode? body, Chance chance)
    {
        var text = body?.ToJsonString() ?? "null";
        if (chance.Next(5) < 2 && body is not null)
        {
            text = Replace(text, body, chance);
        }

        return chance.OneIn(6) ? Bytes(text, chance) : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Puts another value, or another member, where a value of the body stands.</summary>
    private static string Replace(string text, JsonNode body, Chance chance)
    {
        var nodes = Nodes(body).ToList();
        if (nodes.Count == 0)
        {
            return text;
        }

        var (parent, key) = chance.Of(nodes);
        const string Mark = "\u0001here\u0001";
        if (parent is JsonObject members)
        {
            switch (chance.Next(8))
            {
                case 0:
                    members.Remove(key);
                    return body.ToJsonString();
                case 1:
                    members[chance.Of(key.ToUpperInvariant(), key + " ", "__proto__", "$ref", new string('k', 5_000), "\u00e9")] = members[key]?.DeepClone();
                    return body.ToJsonString();
                default:
                    members[key] = Mark;
                    break;
            }
        }
        else if (parent is JsonArray items)
        {
            items[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)] = Mark;
        }

        return body.ToJsonString().Replace(JsonValue.Create(Mark).ToJsonString(), Value(chance, key), StringComparison.Ordinal);
    }

    private static string Value(Chance chance, string key) => chance.Next(40) switch
    {
        0 => $"\"{new string('a', chance.Of(129, 257, 100_001, 300_000))}\"",
        1 => $"[{string.Join(',', Enumerable.Repeat("1", chance.Of(1_001, 10_001)))}]",
        2 => Nested(chance.Of(11, 65, 5_000), "[", "]"),
        3 => Nested(chance.Of(11, 65, 2_000), "{\"a\":", "}"),
        4 => chance.Digits(chance.Of(20, 400, 20_000)),
        // The same member twice.
        5 => $"1,\"{key}\":2",
        _ => chance.Of(Values),
    };

    private static string Nested(int depth, string open, string close) =>
        string.Concat(Enumerable.Repeat(open, depth)) + (open == "[" ? "" : "1") + string.Concat(Enumerable.Repeat(close, depth));

    private static byte[] Bytes(string text, Chance chance)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        switch (chance.Next(12))
        {
            case 0: return [.. bytes.Take(chance.Next(bytes.Count + 1))];
            case 1: bytes.Insert(chance.Next(bytes.Count + 1), (byte)chance.Next(256)); break;
            case 2: bytes[chance.Next(bytes.Count)] = (byte)chance.Next(256); break;
            case 3: bytes.InsertRange(0, [0xEF, 0xBB, 0xBF]); break;
            case 4: return Encoding.Unicode.GetBytes(text);
            case 5: return Encoding.Latin1.GetBytes(text + "\u00ff");
            case 6: bytes.AddRange(Encoding.UTF8.GetBytes(chance.Of("{}", ",", "]", "\u0000", " // x"))); break;
            case 7: return [];
            case 8: return Encoding.UTF8.GetBytes(Nested(chance.Of(64, 10_000, 100_000), "[", "]"));
            case 9: bytes.AddRange(Enumerable.Repeat((byte)' ', chance.OneIn(8) ? chance.Of(1_100_000, 8_500_000) : 2_000)); break;
            case 10: bytes.InsertRange(bytes.Count / 2, [0xC0, 0x80, 0xED, 0xA0, 0x80]); break;
            default: bytes.RemoveAt(chance.Next(bytes.Count)); break;
        }

        return [.. bytes];
    }

    private static IEnumerable<(JsonNode Parent, string Key)> Nodes(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Nodes(member.Value).Append((members, member.Key))),
        JsonArray items => items.SelectMany((item, index) => Nodes(item).Append((items, index.ToString(System.Globalization.CultureInfo.InvariantCulture)))),
        _ => [],
    };
}
