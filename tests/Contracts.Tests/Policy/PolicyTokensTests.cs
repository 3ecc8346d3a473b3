using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Contracts.Policy;
using JobForge.Tests.Shared;

namespace JobForge.Contracts.Tests.Policy;

public sealed class PolicyTokensTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly PolicyTokenRequest Ask = new(new TenantId("tenant-123"), "user-abc", "autopilot.ops.apply", ["ops:write"]);
    private static readonly PolicyDemand Demand = new() { TenantId = "tenant-123", Action = "autopilot.ops.apply", RequiredScopes = ["ops:write"] };

    private readonly PolicyTokens _tokens = Issuer("your-secret-here");

    [Fact]
    public void The_contracts_sample_passes_and_its_text_is_its_canonical_json()
    {
        var (token, text) = _tokens.Issue(Ask);
        token.ExpiresAt.ShouldBe(Now.AddHours(1));
        var json = JsonElement.Parse(Base64Url.DecodeFromChars(text));
        CanonicalJson.SerializeToString(json).ShouldBe(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)));
        json.TryGetProperty("project_id", out _).ShouldBeFalse();

        var check = Check(text, Demand with { ActorId = "user-abc" });
        check.Allowed.ShouldBeTrue();
        check.Reason.ShouldBeNull();
        check.TokenId.ShouldBe(token.Id);
        check.VerifiedScopes.ShouldBe(["ops:write"]);
        check.MissingScopes.ShouldBeNull();
    }

    [Fact]
    public void No_single_character_of_the_text_can_be_another()
    {
        var text = _tokens.Issue(Ask with { Context = JsonElement.Parse("""{"note":"déjà vu"}""") }).Text;
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (var at = 0; at < text.Length; at++)
        {
            // The lowest bit alone is what lax decoders ignore at the end of a text.
            foreach (var bit in new[] { 1, 32 })
            {
                var other = alphabet[alphabet.IndexOf(text[at], StringComparison.Ordinal) ^ bit];
                Check($"{text[..at]}{other}{text[(at + 1)..]}").Allowed.ShouldBeFalse($"position {at} became {other}");
            }
        }
    }

    [Theory]
    [InlineData("{0}=")]
    [InlineData(" {0}")]
    [InlineData("{0}\n")]
    [InlineData("{0}A")]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("e30")]
    public void Another_spelling_of_a_token_is_no_token(string form) =>
        Check(form.Replace("{0}", _tokens.Issue(Ask).Text, StringComparison.Ordinal)).Reason.ShouldBe("Token validation error: Invalid token format");

    [Fact]
    public void Every_claim_is_covered_by_the_signature()
    {
        var text = _tokens.Issue(Ask with { ProjectId = "p", Resource = "r" }).Text;
        string[] forgeries =
        [
            Forge(text, "tenant-123", "tenant-124"), Forge(text, "ops:write", "ops:admin"), Forge(text, "T11:00", "T19:00"),
            Forge(text, "user-abc", "user-abd"), Forge(text, "ops.apply", "ops.other"), Forge(text, "\"resource\":\"r\"", "\"resource\":\"s\""),
            Forge(text, "\"kid\":\"default\"", "\"kid\":\"nobody\""), Forge(text, "{\"action\"", "{\"aaa\":1,\"action\""),
        ];
        forgeries.ShouldAllBe(forged => Check(forged).Reason == "Invalid token signature" && Check(forged).TokenId == null);
    }

    [Fact]
    public void A_token_of_another_secret_is_refused() =>
        Check(Issuer("another-secret").Issue(Ask).Text).Reason.ShouldBe("Invalid token signature");

    [Fact]
    public void Keys_rotate_without_a_gap()
    {
        var before = Issuer("2025:old").Issue(Ask).Text;
        var rotated = Issuer("2026:new,2025:old");
        rotated.Verify(before, Demand, Now).Allowed.ShouldBeTrue();
        rotated.Verify(rotated.Issue(Ask).Text, Demand, Now).Allowed.ShouldBeTrue();
        Issuer("2026:new").Verify(before, Demand, Now).Reason.ShouldBe("Invalid token signature");
    }

    [Theory]
    [InlineData(3600 + 29, null)]
    [InlineData(3600 + 30, "Token expired")]
    [InlineData(-30, null)]
    [InlineData(-31, "Token issued in future")]
    public void The_clocks_may_differ_by_thirty_seconds(int seconds, string? reason) =>
        _tokens.Verify(_tokens.Issue(Ask).Text, Demand, Now.AddSeconds(seconds)).Reason.ShouldBe(reason);

    [Fact]
    public void Each_mismatch_has_its_frozen_text()
    {
        var text = _tokens.Issue(Ask with { ProjectId = "p", Resource = "r" }).Text;
        Check(text, Demand with { TenantId = "other" }).Reason.ShouldBe("Token tenant mismatch");
        Check(text, Demand with { ProjectId = "q" }).Reason.ShouldBe("Token project mismatch");
        Check(text, Demand with { ActorId = "other" }).Reason.ShouldBe("Token actor mismatch");
        Check(text, Demand with { Action = "x" }).Reason.ShouldBe("Token action mismatch: expected x, got autopilot.ops.apply");
        Check(text, Demand with { Resource = "s" }).Reason.ShouldBe("Token resource mismatch");
        Check(text, Demand with { ProjectId = "p", Resource = "r" }).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void The_first_mismatch_in_the_contracts_order_is_the_reason()
    {
        var text = _tokens.Issue(Ask with { ProjectId = "p" }).Text;
        var wrong = new PolicyDemand { TenantId = "x", ProjectId = "x", ActorId = "x", Action = "x", Resource = "x", RequiredScopes = ["x"] };
        _tokens.Verify(text, wrong, Now.AddDays(1)).Reason.ShouldBe("Token expired");
        Check(text, wrong).Reason.ShouldBe("Token tenant mismatch");
        Check(text, wrong with { TenantId = "tenant-123" }).Reason.ShouldBe("Token project mismatch");
        Check(text, wrong with { TenantId = "tenant-123", ProjectId = "p" }).Reason.ShouldBe("Token actor mismatch");
    }

    [Fact]
    public void Missing_scopes_are_listed_and_a_wildcard_covers_its_family_only()
    {
        var text = _tokens.Issue(Ask with { Scopes = ["ops:*", "support:read"] }).Text;
        Check(text, Demand with { RequiredScopes = ["ops:write", "ops:read:all", "support:read"] }).Allowed.ShouldBeTrue();
        var check = Check(text, Demand with { RequiredScopes = ["ops:write", "opsx:write", "support:write"] });
        check.Reason.ShouldBe("Missing required scopes: opsx:write, support:write");
        check.MissingScopes.ShouldBe(["opsx:write", "support:write"]);
        check.VerifiedScopes.ShouldBe(["ops:*", "support:read"]);
    }

    [Fact]
    public void A_token_bound_to_inputs_passes_with_those_only()
    {
        var digest = PolicyTokens.InputsDigest("1.0.0", JsonElement.Parse("""{"b":2,"a":1.0}"""));
        digest.ShouldBe(PolicyTokens.InputsDigest("1.0.0", JsonElement.Parse("""{"a":1,"b":2}""")));
        var text = _tokens.Issue(Ask with { Context = JsonElement.Parse($$"""{"inputs_digest":"{{digest}}","kid":"forged"}""") }).Text;
        Check(text, Demand with { InputsDigest = digest }).Allowed.ShouldBeTrue();
        Check(text, Demand with { InputsDigest = PolicyTokens.InputsDigest("1.0.1", JsonElement.Parse("""{"a":1,"b":2}""")) }).Reason.ShouldBe("Token inputs mismatch");
        Check(text, Demand with { Exact = true }).Reason.ShouldBe("Token inputs mismatch");
    }

    [Fact]
    public void A_project_token_cannot_be_spent_outside_any_project()
    {
        var text = _tokens.Issue(Ask with { ProjectId = "p" }).Text;
        Check(text).Allowed.ShouldBeTrue();
        Check(text, Demand with { Exact = true }).Reason.ShouldBe("Token project mismatch");
    }

    [Fact]
    public void Ids_in_uuid_form_match_in_either_case()
    {
        var id = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
        var text = _tokens.Issue(Ask with { TenantId = new TenantId(id) }).Text;
        Check(text, Demand with { TenantId = id.ToUpperInvariant() }).Allowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:x,a:y")]
    [InlineData("a:x,hunter2")]
    [InlineData("a:")]
    [InlineData(":hunter2")]
    public void A_bad_key_ring_is_refused_without_showing_it(string text) =>
        Should.Throw<FormatException>(() => PolicyKeyRing.Parse(text)).Message.ShouldNotContain("hunter2");

    [Fact]
    public void Nothing_prints_a_secret_or_a_token()
    {
        PolicyKeyRing.Parse("a:hunter2").ToString().ShouldNotContain("hunter2");
        var issued = _tokens.Issue(Ask);
        issued.ToString().ShouldNotContain(issued.Text);
        PolicyTokens.TokenDigest(issued.Text).Length.ShouldBe(64);
    }

    private PolicyCheck Check(string text, PolicyDemand? demand = null) => _tokens.Verify(text, demand ?? Demand, Now);

    private static string Forge(string text, string from, string to)
    {
        var json = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        json.ShouldContain(from);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.Replace(from, to, StringComparison.Ordinal)));
    }

    private static PolicyTokens Issuer(string keys)
    {
        var time = new FakeTimeProvider(Now);
        return new(PolicyKeyRing.Parse(keys), new IdSource(time, RandomSource.Seeded(1)), time, TimeSpan.FromHours(1));
    }
}
