using System.Globalization;
using System.Text;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>How the bytes of a request reach the server.</summary>
internal enum Delivery
{
    Whole,

    /// <summary>In pieces, with rests.</summary>
    Slow,

    /// <summary>Broken off in the middle.</summary>
    Cut,

    /// <summary>Sent, and hung up before the answer.</summary>
    Abandoned,
}

/// <param name="Who">Whose key it carries.</param>
/// <param name="IsOddOnTheWire">Its request line or headers are no HTTP that a server must understand, so the server may answer before our code sees it.</param>
internal sealed record FuzzRequest(int Number, Route Route, Who Who, byte[] Bytes, Delivery Delivery, bool IsOddOnTheWire)
{
    public string Story => $"#{Number} {Route} as {Who}, {Delivery}, {Bytes.Length} bytes: {Encoding.Latin1.GetString(Bytes.AsSpan(0, Math.Min(Bytes.Length, 700)))}";
}

internal enum Who
{
    Nobody,
    Garbage,
    App,
    Admin,
    Operator,
}

/// <summary>Makes a request from a route, mostly valid, spoiled in none, one or several ways.</summary>
internal sealed class RequestForge(RouteTable routes, Pool pool, IReadOnlyDictionary<Who, string> keys, ulong seed)
{
    private readonly List<Route> _withBody = [.. routes.Routes.Where(route => route.Body is not null)];

    public FuzzRequest Make(int number)
    {
        var chance = new Chance(seed, number);
        // Bodies are where most can go wrong.
        var route = chance.OneIn(2) ? chance.Of(_withBody) : chance.Of(routes.Routes);
        var who = chance.OneIn(15) ? chance.Of(Who.Garbage, Who.Nobody) : chance.Of(Who.App, Who.App, Who.Admin, Who.Admin, Who.Operator);
        var odd = chance.OneIn(8);
        var method = chance.OneIn(25) ? chance.Of("GET", "HEAD", "OPTIONS", "PUT", "TRACE", "DELETE", "POST", "PATCH", "FOO") : route.Method;
        var body = route.Body is { } schema ? JsonSpoiler.Spoil(new Sample(routes, pool, chance).Of(schema), chance) : chance.OneIn(20) ? "{}"u8.ToArray() : [];
        var version = odd && chance.OneIn(6) ? chance.Of("HTTP/1.0", "HTTP/9.9", "HTTP", "http/1.1", "HTTP/2.0") : "HTTP/1.1";
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {Target(route, chance, odd)} {version}\r\n");
        foreach (var (name, value) in Headers(route, who, body, chance, odd))
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        // Such bytes the server refuses itself.
        odd |= head.ToString().Any(letter => letter is not ('\r' or '\n' or '\t') and (< ' ' or > '~')) || head.ToString().Contains("%00", StringComparison.Ordinal);
        byte[] bytes = [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. odd && chance.OneIn(6) ? Chunked(body, chance) : body];
        return new FuzzRequest(number, route, who, bytes, DeliveryOf(chance), odd);
    }

    private string Target(Route route, Chance chance, bool odd)
    {
        var path = string.Join('/', route.Path.Split('/').Select(part => part.StartsWith('{') ? Segment(part, route, chance) : part));
        var query = route.Query.Where(_ => chance.OneIn(5)).Select(name => $"{name}={Argument(name, chance)}").ToList();
        if (chance.OneIn(15) && query.Count > 0)
        {
            query.Add(query[0]);
        }

        if (odd)
        {
            path = chance.Next(12) switch
            {
                0 => path + "/",
                1 => "/" + path,
                2 => path.ToUpperInvariant(),
                3 => path.Replace("/v1", "/v1/%2e%2e/v1", StringComparison.Ordinal),
                4 => path + "%00",
                5 => path + "?" + new string('q', chance.Of(2_000, 17_000)),
                6 => path + "/" + new string('p', 9_000),
                7 => path.Replace("/", "%2f", StringComparison.Ordinal),
                8 => "http://elsewhere.example" + path,
                9 => "*",
                10 => path + "#x",
                _ => path,
            };
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private string Segment(string part, Route route, Chance chance) => chance.OneIn(10)
        ? chance.Of("%ff", "%00", "..%2f..%2fetc", "a%20b", new string('i', 300), "%F0%9F%98%80", "null", "-1", "%c0%80", ";", "a?b", "00000000-0000-0000-0000-000000000000")
        : part switch
        {
            "{id}" when route.Path.Contains("tenants", StringComparison.Ordinal) => chance.Of(pool.Tenant, pool.Rival, "nobody"),
            "{id}" => chance.OneIn(4) ? chance.Id().ToString() : chance.Of(pool.Ids),
            "{key}" => chance.Of(pool.Templates),
            "{key_id}" => chance.Of(pool.KeyIds),
            _ => "usage_report.json",
        };

    private string Argument(string name, Chance chance) => chance.OneIn(4)
        ? chance.Of("", "%00", "-1", "0", "1e9", "abc", "99999999999999999999", "%ff%fe", "true", "null", "a%26b", new string('v', 3_000), "%ED%A0%80")
        : name switch
        {
            "tenant_id" => chance.Of(pool.Tenant, pool.Tenant, pool.Rival),
            "limit" => chance.Of("1", "100", "1000"),
            "cursor" => chance.Of("agAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "ZQ", "x"),
            "from_time" or "to_time" => chance.Of("2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T00:00:00%2B14:00"),
            "job_id" => chance.Of(pool.Ids),
            "template_key" => chance.Of(pool.Templates),
            "status" => chance.Of("failed", "queued,running", "succeeded"),
            _ => chance.Of("1", "true", "a", "2147483648"),
        };

    private List<(string Name, string Value)> Headers(Route route, Who who, byte[] body, Chance chance, bool odd)
    {
        var headers = new List<(string, string)> { ("Host", "127.0.0.1"), ("Connection", "close") };
        if (who != Who.Nobody)
        {
            headers.Add(("Authorization", who == Who.Garbage ? chance.Of("Bearer x", "Basic YTpi", "Bearer", "Bearer jf_0123456789abcdef_" + new string('A', 43), "bearer " + new string('z', 8_000), "Bearer \u00ff") : "Bearer " + keys[who]));
        }

        if (body.Length > 0 || chance.OneIn(10))
        {
            headers.Add(("Content-Type", chance.OneIn(15) ? chance.Of("text/plain", "application/json; charset=utf-16", "application/xml", "", "application/json;;", "multipart/form-data") : "application/json"));
            headers.Add(("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        headers.AddRange(route.Headers.Where(_ => chance.OneIn(3)).Select(name => (name, chance.Of("fuzz-" + chance.Digits(3), "", " ", new string('k', 300), "\u00e9\u00ff", "a,b", "a\tb"))));
        if (chance.OneIn(10))
        {
            headers.Add(chance.Of(
                ("x-correlation-id", "fuzz"), ("x-correlation-id", new string('c', 400)), ("x-request-id", "\u00ff\u0001"), ("traceparent", "00-zz-zz-00"), ("Accept-Encoding", "gzip;q=x, *"),
                ("Accept", "text/xml"), ("Range", "bytes=5-2"), ("Range", "bytes=0-"), ("If-None-Match", "\"\",*"), ("Last-Event-ID", "abc"), ("Last-Event-ID", "99999999999999999999"),
                ("Expect", "100-continue"), ("Upgrade", "websocket"), ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-For", "::1"), ("Content-Encoding", "gzip"), ("Cookie", "a=b; =; ;")));
        }

        if (odd)
        {
            Spoil(headers, chance);
        }

        return headers;
    }

    private static void Spoil(List<(string Name, string Value)> headers, Chance chance)
    {
        switch (chance.Next(10))
        {
            case 0: headers.Add(("X-Long", new string('h', chance.Of(9_000, 40_000)))); break;
            case 1: headers.AddRange(Enumerable.Range(0, chance.Of(60, 150)).Select(one => ($"X-{one}", "v"))); break;
            case 2: headers.Add(("Content-Length", chance.Of("-1", "abc", "5", "99999999999999999999", "+3"))); break;
            case 3: headers.Add(("Transfer-Encoding", chance.Of("chunked", "gzip, chunked", "identity", "xchunked"))); break;
            case 4: headers.RemoveAll(header => header.Name == "Host"); break;
            case 5: headers.Add(("Host", "two.example")); break;
            case 6: headers.Add(("X Bad", "v")); break;
            case 7: headers.Add(("X-Ctl", "a\u0000b")); break;
            case 8: headers.Add(("Authorization", "Bearer second")); break;
            default: headers.RemoveAll(header => header.Name is "Content-Length" or "Content-Type"); break;
        }
    }

    private static byte[] Chunked(byte[] body, Chance chance) =>
    [
        .. Encoding.ASCII.GetBytes(chance.Of(body.Length.ToString("x", CultureInfo.InvariantCulture), "zz", "-1", "ffffffffffffffff")), .. "\r\n"u8, .. body,
        .. Encoding.ASCII.GetBytes(chance.Of("\r\n0\r\n\r\n", "", "\r\n0\r\n", "\r\n5\r\nab")),
    ];

    private static Delivery DeliveryOf(Chance chance) => chance.Next(60) switch
    {
        0 => Delivery.Slow,
        1 => Delivery.Cut,
        2 => Delivery.Abandoned,
        _ => Delivery.Whole,
    };
}
