using System.Globalization;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Client;

/// <summary>
/// The gateway for .NET. Safe for use by several threads; make one and keep it. Every method throws <see cref="JobForgeException"/>
/// for a refusal. Reads and keyed writes are repeated up to four times when the gateway is busy or away.
/// </summary>
public sealed partial class JobForgeClient
{
    private static readonly HttpClient SharedHttp = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    private readonly Transport _transport;
    private readonly IdSource _ids;
    private readonly TenantId? _tenant;

    /// <param name="gateway">The gateway's root, e.g. <c>http://localhost:8080</c>.</param>
    /// <param name="apiKey">A key of the form <c>jf_ID_SECRET</c>.</param>
    /// <param name="http">To send with; null: one that all clients share.</param>
    /// <param name="time">The clock of backoff and waiting; null: the system's.</param>
    public JobForgeClient(Uri gateway, string apiKey, HttpClient? http = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        ArgumentException.ThrowIfNullOrWhiteSpace(apiKey);
        _transport = new(gateway, apiKey, http ?? SharedHttp, time ?? TimeProvider.System);
        _ids = new(time ?? TimeProvider.System, RandomSource.Secure);
    }

    private JobForgeClient(JobForgeClient other, TenantId tenant) => (_transport, _ids, _tenant) = (other._transport, other._ids, tenant);

    /// <summary>A client that names this tenant in every call, over the same connection: for operators. A tenant's key needs none.</summary>
    public JobForgeClient ForTenant(string tenantId) => new(this, new TenantId(tenantId));

    /// <summary>Never prints the key.</summary>
    public override string ToString() => _tenant is { } tenant ? $"JobForgeClient for {tenant}" : "JobForgeClient";

    /// <summary>A path with the tenant and the parameters that are given.</summary>
    private string Path(string path, params ReadOnlySpan<(string Name, object? Value)> query)
    {
        List<string> parts = _tenant is { } tenant ? [$"tenant_id={Uri.EscapeDataString(tenant.Value)}"] : [];
        foreach (var (name, value) in query)
        {
            if (TextOf(value) is { } text)
            {
                parts.Add($"{name}={Uri.EscapeDataString(text)}");
            }
        }

        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }

    private static string? TextOf(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => Timestamp.Format(time),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Every row of a paged list, page by page as they are asked for.</summary>
    private static async IAsyncEnumerable<T> AllPagesAsync<T>(
        Func<string?, CancellationToken, Task<Page<T>>> readPage, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        string? cursor = null;
        do
        {
            var page = await readPage(cursor, cancel);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private string NewKey() => _ids.Next().ToString("D");
}
