using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Policy;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;

namespace JobForge.Corridor.Tests.Admit;

/// <summary>An action job starts on one good token, once, and on nothing else.</summary>
public sealed class PolicyTokenTests
{
    private const string Inputs = """{"target":"production"}""";

    private static readonly PolicyTokenRequest Good = new(CorridorSilo.Acme, "ada", TestTemplates.Action, ["ops:*"]) { ProjectId = "site", Resource = "production" };

    private static readonly PolicyTokens Tokens = TokensOf(CorridorSilo.PolicyTokenSecret, TimeProvider.System);

    public static TheoryData<string, string> BadTokens()
    {
        var early = TokensOf(CorridorSilo.PolicyTokenSecret, new ShiftedTime(TimeSpan.FromHours(-2)));
        var late = TokensOf(CorridorSilo.PolicyTokenSecret, new ShiftedTime(TimeSpan.FromHours(2)));
        var bound = Good with { Context = JsonElement.Parse("""{"inputs_digest":"0000"}""") };
        return new()
        {
            { early.Issue(Good).Text, "Token expired" },
            { late.Issue(Good).Text, "Token issued in future" },
            { Tokens.Issue(Good with { TenantId = CorridorSilo.Rival }).Text, "Token tenant mismatch" },
            { Tokens.Issue(Good with { ProjectId = "shop" }).Text, "Token project mismatch" },
            { Tokens.Issue(Good with { ActorId = "eve" }).Text, "Token actor mismatch" },
            { Tokens.Issue(Good with { Action = "autopilot.ops.apply" }).Text, "Token action mismatch: expected test.action, got autopilot.ops.apply" },
            { Tokens.Issue(Good with { Resource = "staging" }).Text, "Token resource mismatch" },
            { Tokens.Issue(bound).Text, "Token inputs mismatch" },
            { Tokens.Issue(Good with { Scopes = ["ops:read"] }).Text, "Missing required scopes: ops:write" },
            { Tokens.Issue(Good with { Scopes = ["support:read"] }).Text, "Missing required scopes: ops:read, ops:write" },
            { TokensOf("another signing secret", TimeProvider.System).Issue(Good).Text, "Invalid token signature" },
            { Forged(), "Invalid token signature" },
            { "gibberish", "Token validation error: Invalid token format" },
            { Tokens.Issue(Good).Text + "=", "Token validation error: Invalid token format" },
        };
    }

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_token_that_does_not_fit_is_refused_with_its_reason(string token, string reason)
    {
        await using var silo = await CorridorSilo.StartAsync();

        var refusal = (await silo.RequestAsync(Request(silo, token))).Refusal.ShouldNotBeNull();

        (refusal.Code, refusal.Message).ShouldBe((ErrorCode.PolicyDenied, reason));
        silo.Folder.Count("SELECT count(*) FROM jobforge_all_jobs").ShouldBe(0);
        silo.Folder.Count("SELECT count(*) FROM jobforge_audit_logs WHERE action = 'policy_check' AND NOT allowed").ShouldBe(1);
    }

    [Fact]
    public async Task A_token_starts_one_job_and_is_then_used_up()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var token = await IssueAsync(silo);

        var job = await silo.AdmitAsync(Request(silo, token.PolicyToken));
        var second = (await silo.RequestAsync(Request(silo, token.PolicyToken))).Refusal.ShouldNotBeNull();

        job.PolicyTokenId.ShouldBe(token.Claims.Id);
        (second.Code, second.Message).ShouldBe((ErrorCode.PolicyDenied, "Token already used"));
        (await silo.EndOfAsync(job)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_revoked_token_starts_nothing()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var token = await IssueAsync(silo);
        (await silo.Grains.Policy(CorridorSilo.Acme).Revoke(new TokenRevocation(CorridorSilo.Caller, token.Claims.Id))).Value.ShouldBeTrue();

        var refusal = (await silo.RequestAsync(Request(silo, token.PolicyToken))).Refusal.ShouldNotBeNull();

        (refusal.Code, refusal.Message).ShouldBe((ErrorCode.PolicyDenied, "Token revoked"));
        silo.Folder.Count("SELECT count(*) FROM jobforge_all_jobs").ShouldBe(0);
    }

    [Fact]
    public async Task A_dry_run_and_a_refused_request_leave_the_token_unused()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var token = await IssueAsync(silo);

        (await silo.RequestAsync(Request(silo, token.PolicyToken) with { DryRun = true })).Value!.WouldExecute.ShouldBe(true);
        (await silo.RequestAsync(Request(silo, token.PolicyToken) with { Inputs = JsonElement.Parse("{}") })).Refusal!.Code.ShouldBe(ErrorCode.ValidationError);

        await silo.AdmitAsync(Request(silo, token.PolicyToken));
    }

    [Fact]
    public async Task Twenty_concurrent_requests_with_one_token_start_exactly_one_job()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var token = await IssueAsync(silo);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => silo.RequestAsync(Request(silo, token.PolicyToken)))));

        outcomes.Count(outcome => !outcome.IsRefused).ShouldBe(1);
        outcomes.Where(outcome => outcome.IsRefused).ShouldAllBe(outcome => outcome.Refusal!.Message == "Token already used");
        silo.Folder.Count("SELECT count(*) FROM jobforge_all_jobs").ShouldBe(1);
    }

    [Fact]
    public async Task A_repeated_keyed_request_answers_its_job_although_its_token_is_used_up()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var token = await IssueAsync(silo);
        var keyed = Request(silo, token.PolicyToken) with { IdempotencyKey = "deploy-7" };
        var job = await silo.AdmitAsync(keyed);

        var again = (await silo.RequestAsync(keyed)).Value.ShouldNotBeNull();

        (again.Replayed, again.Job!.Id).ShouldBe((true, job.Id));
    }

    private static JobRequest Request(CorridorSilo silo, string token) =>
        silo.Request(TestTemplates.Action, Inputs) with { ProjectId = "site", ActorId = "ada", PolicyToken = token };

    private static async Task<IssuedToken> IssueAsync(CorridorSilo silo) =>
        (await silo.Grains.Policy(CorridorSilo.Acme).Issue(new TokenIssue(CorridorSilo.Caller, Good))).Value.ShouldNotBeNull();

    /// <summary>A good token whose scopes were widened afterwards.</summary>
    private static string Forged()
    {
        var json = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Tokens.Issue(Good with { Scopes = ["ops:a"] }).Text));
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.Replace("ops:a", "ops:*", StringComparison.Ordinal)));
    }

    private static PolicyTokens TokensOf(string secret, TimeProvider time) =>
        new(PolicyKeyRing.Parse(secret), new IdSource(time, RandomSource.Secure), time, TimeSpan.FromHours(1));

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
