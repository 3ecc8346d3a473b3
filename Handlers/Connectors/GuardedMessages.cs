namespace JobForge.Handlers.Connectors;

/// <summary>One call to make. Only GET and HEAD follow redirects; own headers are dropped when a redirect leaves the origin.</summary>
public sealed record GuardedRequest(Uri Url)
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public ReadOnlyMemory<byte>? Content { get; init; }

    public string ContentType { get; init; } = "application/json";

    public bool FollowRedirects { get; init; } = true;

    /// <summary>Asked before each redirect; where it says no, the redirect itself is the answer.</summary>
    public Func<Uri, bool>? MayFollow { get; init; }

    /// <summary>Null asks for the body as it is.</summary>
    public string? AcceptEncoding { get; init; } = "gzip, br";

    /// <summary>Bytes; the configured limit when null or larger.</summary>
    public int? MaxBodyBytes { get; init; }

    /// <summary>True keeps the first part of an oversize body and says so; false refuses it.</summary>
    public bool CutAtLimit { get; init; }
}

/// <summary>What came back, read to its end (or limit); holds no connection.</summary>
public sealed record GuardedResponse
{
    public required Uri Url { get; init; }

    public required int Status { get; init; }

    /// <summary>In the order received; a repeated header has several entries.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>Decoded when the encoding is gzip, br or deflate.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Body bytes as sent.</summary>
    public long WireBytes { get; init; }

    public bool Truncated { get; init; }

    /// <summary>The connection's part is zero when a connection was reused.</summary>
    public required RequestTiming Timing { get; init; }

    public TlsFacts? Tls { get; init; }

    /// <summary>The redirects that led here, first to last.</summary>
    public IReadOnlyList<RedirectHop> Hops { get; init; } = [];

    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name) => HeaderValues(name).FirstOrDefault();

    public IEnumerable<string> HeaderValues(string name) =>
        Headers.Where(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);
}

public sealed record RedirectHop(Uri Url, int Status, Uri Target, IReadOnlyList<KeyValuePair<string, string>> Headers);

/// <summary>Milliseconds: look-up, TCP connect, TLS, then from there to the response's head, and all of it with the body.</summary>
public sealed record RequestTiming(double DnsMs, double ConnectMs, double TlsMs, double FirstByteMs, double TotalMs);
