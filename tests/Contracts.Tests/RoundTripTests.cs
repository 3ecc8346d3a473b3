using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Tests.Shared;

namespace JobForge.Contracts.Tests;

/// <summary>What the system writes it also reads, and reads as the same: the wire loses nothing.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<string> Id = Gen.Choose(1, 40).SelectMany(length =>
        Gen.Elements("abcXYZ019._:-".ToCharArray()).ArrayOf(length)).Select(units => new string(units));

    private static readonly Gen<string> Text = ArbMap.Default.GeneratorFor<NonEmptyString>()
        .Select(text => new string([.. text.Get.Where(unit => unit != '\0' && !char.IsSurrogate(unit))]))
        .Where(text => !string.IsNullOrWhiteSpace(text) && text.Length <= 256);

    private static readonly Gen<DateTimeOffset> Time = Gen.Choose(0, int.MaxValue).Select(ms => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000L + ms));

    private static readonly Gen<JsonElement> Json =
        from name in Text
        from text in Text
        from number in ArbMap.Default.GeneratorFor<NormalFloat>()
        from flag in ArbMap.Default.GeneratorFor<bool>()
        select JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = new object?[] { text, number.Get, flag, null } });

    [Fact]
    public void Events_come_back_as_they_were_written()
    {
        var envelopes =
            from tenant in Id
            from type in Text
            from trace in Text
            from at in Gen.OneOf(Time.Select(at => (DateTimeOffset?)at), Gen.Constant<DateTimeOffset?>(null))
            from actor in Id.OrNull()
            from subject in Text.OrNull()
            from payload in Json
            from pii in ArbMap.Default.GeneratorFor<bool>()
            from days in Gen.Choose(1, 36_500)
            select new EventEnvelope
            {
                TenantId = new TenantId(tenant), EventType = type, TraceId = trace, OccurredAt = at, ActorId = actor, SourceApp = "settler", SourceModule = "ops",
                Subject = subject is null ? null : new EventSubject(subject, ""), Payload = payload, ContainsPii = pii,
                RedactionHints = pii ? new RedactionHints { RedactFields = ["a.b"], RetentionDays = days } : null,
            };
        Holds(envelopes, json => EventEnvelopeReader.Read(json).Value);
    }

    [Fact]
    public void Requests_come_back_as_they_were_written()
    {
        var requests =
            from tenant in Id
            from key in Id
            from inputs in Json
            from trace in Text.OrNull()
            from at in Gen.OneOf(Time.Select(at => (DateTimeOffset?)at), Gen.Constant<DateTimeOffset?>(null))
            from token in Id.OrNull()
            from number in Gen.Choose(1, 10)
            select new JobRequest
            {
                TenantId = new TenantId(tenant), TemplateKey = key, Inputs = inputs, TraceId = trace, RunAt = at, PolicyToken = token, MaxAttempts = number,
                Priority = number - 5, DryRun = number > 5, TimeoutMs = number * 1000, ParentRunId = new JobId(new Guid(number, 1, 2, new byte[8])),
                StartTimeoutMs = number * 10, TotalTimeoutMs = number * 20, Limit = new JobLimit(key, number, number > 5 ? number : null),
            };
        Holds(requests, json => JobRequestReader.Read(json).Value);
    }

    [Fact]
    public void Ids_read_back_and_keep_the_order_in_which_they_were_made()
    {
        var ids = new IdSource(new FakeTimeProvider(), RandomSource.Seeded(3));
        var made = Enumerable.Range(0, 10_000).Select(_ => new JobId(ids.Next())).ToList();
        made.ShouldAllBe(id => JobId.Parse(id.ToString(), null) == id && JsonSerializer.Deserialize<JobId>(JsonSerializer.Serialize(id, ContractJson.Options), ContractJson.Options) == id);
        made.Select(id => id.ToString()).ShouldBe(made.Select(id => id.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_id_is_valid_exactly_when_it_keeps_the_rule() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
            OpaqueId.IsValid(text) == (text is { Length: >= 1 and <= 128 } && text.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '.' or '_' or ':' or '-')))
            .QuickCheckThrowOnFailure();

    private static void Holds<T>(Gen<T> values, Func<JsonElement, T?> read)
        where T : class =>
        Prop.ForAll(values.ToArbitrary(), value =>
        {
            var json = JsonSerializer.SerializeToElement(value, ContractJson.Options);
            var back = JsonSerializer.SerializeToElement(read(json), ContractJson.Options);
            return string.Equals(CanonicalJson.SerializeToString(json), CanonicalJson.SerializeToString(back), StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
}
