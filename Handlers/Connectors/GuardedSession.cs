using System.Collections.Concurrent;
using System.Net;

namespace JobForge.Handlers.Connectors;

/// <summary>Guarded calls that may share connections. Safe for concurrent use.</summary>
public sealed class GuardedSession : IDisposable
{
    private readonly OutboundOptions _options;
    private readonly OutboundGate _gate;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _invoker;
    private readonly ConcurrentDictionary<string, TlsFacts> _tlsByOrigin = new(StringComparer.Ordinal);

    internal GuardedSession(OutboundOptions options, OutboundGate gate, TimeProvider time, SessionKind kind)
    {
        (_options, _gate, _time) = (options, gate, time);
        var dialer = new GuardedDialer(gate, time, probe: kind == SessionKind.Probe);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            ConnectCallback = dialer.ConnectAsync,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = kind == SessionKind.Probe ? TimeSpan.Zero : TimeSpan.FromMinutes(2),
        });
    }

    /// <summary>Makes the call and follows its redirects, each checked like a first call, within the request timeout.</summary>
    /// <exception cref="OutboundRefusedException">The guard refused the call, a redirect or the size of the answer.</exception>
    /// <exception cref="OutboundFailedException">The network or the server failed, or the time ran out.</exception>
    public async Task<GuardedResponse> SendAsync(GuardedRequest request, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            return await FollowAsync(request, both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutboundFailedException(OutboundFailure.TimedOut, $"No complete answer from {request.Url.Host} in time.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Translated(e, request.Url);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private async Task<GuardedResponse> FollowAsync(GuardedRequest request, CancellationToken cancel)
    {
        var start = _time.GetTimestamp();
        var hops = new List<RedirectHop>();
        var url = request.Url;
        while (true)
        {
            _gate.CheckUrl(url);
            var answer = await ExchangeAsync(request, url, start, cancel);
            if (!request.FollowRedirects || RedirectTarget(request, answer) is not { } target
                || request.MayFollow?.Invoke(target) == false)
            {
                return answer with { Hops = hops };
            }

            hops.Add(new RedirectHop(url, answer.Status, target, answer.Headers));
            if (hops.Count > _options.MaxRedirects)
            {
                throw new OutboundRefusedException(OutboundRefusal.RedirectLimit, $"More than {_options.MaxRedirects} redirects from {request.Url.Host}.");
            }

            if (hops.Any(hop => hop.Url == target))
            {
                throw new OutboundRefusedException(OutboundRefusal.RedirectLoop, $"The redirects of {request.Url.Host} lead in a circle.");
            }

            url = target;
        }
    }

    private async Task<GuardedResponse> ExchangeAsync(GuardedRequest request, Uri url, long start, CancellationToken cancel)
    {
        using var message = Message(request, url);
        var trace = GuardedDialer.Watch(message);
        var sent = _time.GetTimestamp();
        using var response = await _invoker.SendAsync(message, cancel);
        var headed = _time.GetElapsedTime(sent);
        var limit = Math.Min(request.MaxBodyBytes ?? int.MaxValue, _options.MaxBodyBytes);
        var body = await BoundedBody.ReadAsync(response.Content, limit, request.CutAtLimit, cancel);
        var opened = trace.Opened;
        var connecting = opened is null ? TimeSpan.Zero : opened.Dns + opened.Connect + opened.Handshake;
        return new GuardedResponse
        {
            Url = url,
            Status = (int)response.StatusCode,
            Headers = [.. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                .SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value)))],
            Body = body.Body,
            WireBytes = body.WireBytes,
            Truncated = body.Truncated,
            Tls = Remembered(url, opened?.Tls),
            Timing = new RequestTiming(
                opened?.Dns.TotalMilliseconds ?? 0,
                opened?.Connect.TotalMilliseconds ?? 0,
                opened?.Tls is null ? 0 : opened.Handshake.TotalMilliseconds,
                Math.Max(0, (headed - connecting).TotalMilliseconds),
                _time.GetElapsedTime(start).TotalMilliseconds),
        };
    }

    private HttpRequestMessage Message(GuardedRequest request, Uri url)
    {
        var message = new HttpRequestMessage(request.Method, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        message.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        if (request.AcceptEncoding is { } encoding)
        {
            message.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        }

        if (request.Content is { } content)
        {
            message.Content = new ReadOnlyMemoryContent(content);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        if (Origin(url) == Origin(request.Url))
        {
            foreach (var (name, value) in request.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private static Uri? RedirectTarget(GuardedRequest request, GuardedResponse answer)
    {
        if (answer.Status is not (301 or 302 or 303 or 307 or 308) || (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            || answer.Header("Location") is not { } location)
        {
            return null;
        }

        return Uri.TryCreate(answer.Url, location, out var target)
            ? target
            : throw new OutboundRefusedException(OutboundRefusal.RedirectInvalid, $"{answer.Url.Host} redirects to something that is no URL.");
    }

    /// <summary>A reused connection made its handshake for an earlier request of the same origin.</summary>
    private TlsFacts? Remembered(Uri url, TlsFacts? seen) =>
        seen is not null ? _tlsByOrigin[Origin(url)] = seen : _tlsByOrigin.GetValueOrDefault(Origin(url));

    private static string Origin(Uri url) => url.GetLeftPart(UriPartial.Authority);

    /// <summary>The HTTP stack wraps what the connect callback threw; callers get the guard's own words back.</summary>
    private static Exception Translated(Exception error, Uri url)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case OutboundRefusedException refused:
                    return new OutboundRefusedException(refused.Reason, refused.Message);
                case OutboundFailedException failed:
                    return new OutboundFailedException(failed.Kind, failed.Message, error);
            }
        }

        return new OutboundFailedException(OutboundFailure.ProtocolError, $"The exchange with {url.Host} broke: {error.Message}", error);
    }
}
