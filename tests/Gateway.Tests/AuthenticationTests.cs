using System.Net;
using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Gateway.Tests.Doubles;
using JobForge.Tests.Shared;

namespace JobForge.Gateway.Tests;

public sealed class AuthenticationTests
{
    [Fact]
    public async Task Every_bad_key_gets_the_same_answer()
    {
        await using var host = await GatewayHost.StartAsync();
        var good = host.Key(ApiKeyRole.App);
        var revoked = host.Key(ApiKeyRole.App);
        host.Rows.Keys[ApiKeyText.KeyIdOf(revoked)!] = host.Rows.Keys[ApiKeyText.KeyIdOf(revoked)!] with { RevokedAt = Sample.Now };
        var wrongSecret = good[..^1] + (good[^1] == 'A' ? 'E' : 'A');
        var unknown = ApiKeyText.Make(RandomSource.Secure).Text;

        foreach (var key in new[] { revoked, wrongSecret, unknown, "jf_short", "nonsense" })
        {
            using var client = host.Client(key);
            var answer = await client.ReadAsync("/v1/jobs", ("x-correlation-id", "same"));

            answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Header("WWW-Authenticate").ShouldBe("Bearer realm=\"jobforge\"");
            (answer.Code, answer.Message).ShouldBe(("UNAUTHORIZED", "A valid API key is required."));
        }

        using var valid = host.Client(good);
        (await valid.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revocation_by_another_process_takes_effect_within_a_second_and_a_busy_key_costs_one_read()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(clock);
        var key = host.Key(ApiKeyRole.App);
        using var client = host.Client(key);
        for (var call = 0; call < 5; call++)
        {
            (await client.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.OK);
        }

        host.Rows.KeyLookups.ShouldBe(1);
        host.Rows.Keys[ApiKeyText.KeyIdOf(key)!] = host.Rows.Keys[ApiKeyText.KeyIdOf(key)!] with { RevokedAt = Sample.Now };
        clock.Advance(TimeSpan.FromSeconds(1));

        (await client.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_revocation_through_this_process_takes_effect_at_once()
    {
        await using var host = await GatewayHost.StartAsync(new FakeTimeProvider());
        var key = host.Key(ApiKeyRole.App);
        var keyId = ApiKeyText.KeyIdOf(key)!;
        using var client = host.Client(key);
        using var admin = host.Client(ApiKeyRole.TenantAdmin);
        (await client.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.OK);

        host.Rows.Keys[keyId] = host.Rows.Keys[keyId] with { RevokedAt = Sample.Now };
        (await admin.SendAsync($"/v1/api-keys/{keyId}/revoke", null)).Status.ShouldBe(HttpStatusCode.NoContent);

        (await client.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_address_that_keeps_failing_is_slowed_down_without_further_reads_but_known_keys_still_pass()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(clock, options => options with { FailedKeysPerMinute = 3 });
        using var known = host.Client(ApiKeyRole.App);
        await known.ReadAsync("/v1/jobs");
        using var guesser = host.Client(ApiKeyText.Make(RandomSource.Secure).Text);
        for (var guess = 0; guess < 3; guess++)
        {
            (await guesser.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var reads = host.Rows.KeyLookups;
        var slowed = await guesser.ReadAsync("/v1/jobs");

        slowed.Code.ShouldBe("RATE_LIMITED");
        slowed.Header("Retry-After").ShouldBe("20");
        host.Rows.KeyLookups.ShouldBe(reads);
        (await known.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.OK);

        clock.Advance(TimeSpan.FromSeconds(20));
        (await guesser.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_beyond_its_rate_waits_and_other_keys_do_not()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(clock, options => options with { RequestsPerSecond = 1, RequestBurst = 2 });
        using var busy = host.Client(ApiKeyRole.App);
        using var other = host.Client(ApiKeyRole.App);
        await busy.ReadAsync("/v1/jobs");
        await busy.ReadAsync("/v1/jobs");

        var slowed = await busy.ReadAsync("/v1/jobs");

        slowed.Code.ShouldBe("RATE_LIMITED");
        slowed.Header("Retry-After").ShouldBe("1");
        (await other.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await busy.ReadAsync("/v1/jobs")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Last_use_is_gathered_and_handed_on_twice_a_minute()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(clock);
        var key = host.Key(ApiKeyRole.App);
        using var client = host.Client(key);
        await client.ReadAsync("/v1/jobs");
        await client.ReadAsync("/v1/jobs");
        var used = clock.GetUtcNow();
        await clock.WhenArmedAsync(1);

        clock.Advance(TimeSpan.FromSeconds(29));
        host.Grains.KeyUses.Task.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));

        var entry = (await host.Grains.KeyUses.Task).Keys.ShouldHaveSingleItem();
        (entry.KeyId, entry.LastUsedAt).ShouldBe((ApiKeyText.KeyIdOf(key)!, used));
    }

    [Fact]
    public async Task Neither_key_nor_payload_reaches_the_log()
    {
        await using var host = await GatewayHost.StartAsync();
        var key = host.Key(ApiKeyRole.App);
        var secret = key[20..];
        using var client = host.Client(key);

        await client.SendAsync("/v1/events", """{"event_type":"a.b","trace_id":"t","source_app":"settler","payload":{"email":"ada-lovelace"}}""");

        host.LogLines.ShouldNotBeEmpty();
        host.LogLines.ShouldNotContain(line => line.Contains(secret, StringComparison.Ordinal) || line.Contains("ada-lovelace", StringComparison.Ordinal));
    }
}
