using System.IO.Compression;
using System.Net;
using System.Text;
using JobForge.Handlers.Connectors;
using Microsoft.AspNetCore.Http;

namespace JobForge.Tests.Handlers;

/// <summary>The guarded client against real sockets.</summary>
public sealed class GuardedHttpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_turns_private_after_the_first_look_up_is_refused_at_the_second_dial()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("secret"));
        var resolver = new RebindingResolver("8.8.8.8", "127.0.0.1");
        var options = new OutboundOptions { AllowedPorts = [server.Port] };

        // What a check before use would have seen; the session must not trust it.
        (await new OutboundGate(options, resolver).AdmitAsync("rebind.example", server.Port, Cancel)).ShouldBe([IPAddress.Parse("8.8.8.8")]);
        using var session = new GuardedHttpClient(options, resolver).Open(TimeProvider.System);
        (await Should.ThrowAsync<OutboundRefusedException>(() => session.SendAsync(new GuardedRequest(new Uri($"http://rebind.example:{server.Port}/")), Cancel)))
            .Reason.ShouldBe(OutboundRefusal.AddressNotAllowed);
        server.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_redirect_to_an_address_that_is_not_allowed_is_refused()
    {
        await using var inner = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("metadata"));
        await using var outer = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Redirect($"http://127.0.0.1:{inner.Port}/latest");
            return Task.CompletedTask;
        });
        using var session = Session($"localhost:{outer.Port}");
        var refused = await Should.ThrowAsync<OutboundRefusedException>(
            () => session.SendAsync(new GuardedRequest(new Uri($"http://localhost:{outer.Port}/")), Cancel));
        refused.Reason.ShouldBe(OutboundRefusal.AddressNotAllowed);
        refused.Code.ShouldBe("address_not_allowed");
        (outer.Requests, inner.Requests).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData("/loop", OutboundRefusal.RedirectLoop)]
    [InlineData("/chain/0", OutboundRefusal.RedirectLimit)]
    [InlineData("/ftp", OutboundRefusal.SchemeNotAllowed)]
    public async Task Redirects_end(string path, OutboundRefusal reason)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            var at = context.Request.Path.Value!;
            context.Response.Redirect(at.StartsWith("/chain/", StringComparison.Ordinal) ? $"/chain/{int.Parse(at[7..]) + 1}" : at == "/loop" ? "/loop" : "ftp://example.org/");
            return Task.CompletedTask;
        });
        using var session = Session("localhost");
        (await Should.ThrowAsync<OutboundRefusedException>(() => session.SendAsync(new GuardedRequest(server.Url(path)), Cancel))).Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task Own_headers_do_not_follow_a_redirect_to_another_origin()
    {
        string? seen = "unset";
        await using var other = await LoopbackServer.StartAsync(context =>
        {
            seen = context.Request.Headers["X-Api-Key"].FirstOrDefault();
            return Task.CompletedTask;
        });
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Redirect(other.Url("/").ToString());
            return Task.CompletedTask;
        });
        using var session = Session("localhost");
        var answer = await session.SendAsync(
            new GuardedRequest(server.Url("/")) { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Api-Key"] = "k" } }, Cancel);
        seen.ShouldBeNull();
        answer.Hops.ShouldHaveSingleItem().Target.ShouldBe(other.Url("/"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_oversize_body_is_refused_or_cut_as_asked(bool announced)
    {
        await using var server = await LoopbackServer.StartAsync(context => WriteZerosAsync(context, 100_000, announced));
        using var session = Session("localhost");
        var request = new GuardedRequest(server.Url("/")) { MaxBodyBytes = 10_000 };
        (await Should.ThrowAsync<OutboundRefusedException>(() => session.SendAsync(request, Cancel))).Reason.ShouldBe(OutboundRefusal.ResponseTooLarge);
        var cut = await session.SendAsync(request with { CutAtLimit = true }, Cancel);
        (cut.Body.Length, cut.Truncated).ShouldBe((10_000, true));
    }

    [Fact]
    public async Task A_small_body_that_unpacks_to_a_huge_one_is_refused()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(new byte[8 * 1024 * 1024]);
        }

        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(bomb.ToArray()).AsTask();
        });
        using var session = Session("localhost");
        bomb.Length.ShouldBeLessThan(100_000);
        (await Should.ThrowAsync<OutboundRefusedException>(() => session.SendAsync(new GuardedRequest(server.Url("/")) { MaxBodyBytes = 1_000_000 }, Cancel)))
            .Reason.ShouldBe(OutboundRefusal.ResponseTooLarge);
    }

    [Fact]
    public async Task A_packed_body_is_unpacked_and_both_sizes_are_known()
    {
        var text = string.Concat(Enumerable.Repeat("compress me ", 1000));
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "br";
            await using var packed = new BrotliStream(context.Response.Body, CompressionLevel.Fastest);
            await packed.WriteAsync(Encoding.UTF8.GetBytes(text));
        });
        using var session = Session("localhost");
        var answer = await session.SendAsync(new GuardedRequest(server.Url("/")), Cancel);
        Encoding.UTF8.GetString(answer.Body.Span).ShouldBe(text);
        answer.WireBytes.ShouldBeLessThan(text.Length);
    }

    [Fact]
    public async Task A_server_that_never_finishes_is_given_up_when_the_clock_says_so()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("one ");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var clock = new TimerOnDemandClock();
        var client = new GuardedHttpClient(new OutboundOptions { AllowedPrivateHosts = ["localhost"] }, new SystemNameResolver());
        using var session = client.Open(clock);
        var sending = session.SendAsync(new GuardedRequest(server.Url("/")), Cancel);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);
        sending.IsCompleted.ShouldBeFalse();
        clock.FireTimers();
        (await Should.ThrowAsync<OutboundFailedException>(() => sending)).Kind.ShouldBe(OutboundFailure.TimedOut);
    }

    [Fact]
    public async Task Cancelling_the_caller_is_a_cancellation_not_a_timeout()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var session = Session("localhost");
        await Should.ThrowAsync<OperationCanceledException>(() => session.SendAsync(new GuardedRequest(server.Url("/")), cancel.Token));
    }

    [Fact]
    public async Task An_invalid_certificate_fails_an_ordinary_call_and_is_recorded_by_a_probe()
    {
        using var certificate = TestCertificates.SelfSigned("other.example", DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(41));
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("hello"), certificate);
        using var ordinary = Session("localhost");
        (await Should.ThrowAsync<OutboundFailedException>(() => ordinary.SendAsync(new GuardedRequest(server.Url("/")), Cancel)))
            .Kind.ShouldBe(OutboundFailure.TlsFailed);
        server.Requests.ShouldBe(0);

        using var probe = Session("localhost", SessionKind.Probe);
        var answer = await probe.SendAsync(new GuardedRequest(server.Url("/")), Cancel);
        var tls = answer.Tls.ShouldNotBeNull();
        tls.Errors.ShouldBe(["name_mismatch", "untrusted_root", "not_time_valid"], ignoreOrder: true);
        tls.SubjectNames.ShouldBe(["other.example"]);
        tls.Leaf!.SelfIssued.ShouldBeTrue();
        tls.Leaf.DaysLeft(DateTimeOffset.UnixEpoch.AddYears(41).AddDays(-9.5)).ShouldBe(9);
        answer.Timing.TlsMs.ShouldBeGreaterThan(0);
        answer.Timing.TotalMs.ShouldBeGreaterThanOrEqualTo(answer.Timing.DnsMs + answer.Timing.ConnectMs + answer.Timing.TlsMs + answer.Timing.FirstByteMs);
    }

    private static GuardedSession Session(string allowedHost, SessionKind kind = SessionKind.Ordinary) =>
        new GuardedHttpClient(new OutboundOptions { AllowedPrivateHosts = [allowedHost] }, new SystemNameResolver()).Open(TimeProvider.System, kind);

    private static async Task WriteZerosAsync(HttpContext context, int count, bool announced)
    {
        if (announced)
        {
            context.Response.ContentLength = count;
        }

        try
        {
            await context.Response.Body.WriteAsync(new byte[count]);
        }
        catch (IOException)
        {
            // The client hung up on purpose.
        }
    }
}

/// <summary>Answers the first look-up with one address and every later one with another.</summary>
internal sealed class RebindingResolver(string first, string later) : INameResolver
{
    private int _asked;

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Parse(Interlocked.Increment(ref _asked) == 1 ? first : later)]);
}
