using System.Text;
using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Tests.Json;

public sealed class JsonLimitsTests
{
    [Fact]
    public void Ten_levels_pass_and_eleven_do_not()
    {
        JsonLimits.Check(Nested(10)).ShouldBeEmpty();
        var error = JsonLimits.Check(Nested(11)).ShouldHaveSingleItem();
        error.Field.ShouldBe("0.0.0.0.0.0.0.0.0.0");
        error.Message.ShouldBe("Object depth exceeds maximum 10");
    }

    [Fact]
    public void A_string_counts_its_characters_and_not_its_bytes()
    {
        JsonLimits.Check(Value($"\"{new string('é', 100_000)}\"")).ShouldBeEmpty();
        JsonLimits.Check(Value($$"""{"a":{"b":"{{new string('x', 100_001)}}"} }""")).ShouldHaveSingleItem()
            .ShouldBe(new("a.b", "String length 100001 exceeds maximum 100000", "too_long"));
    }

    [Fact]
    public void An_array_of_10001_items_is_too_long()
    {
        JsonLimits.Check(Value($"[{string.Join(',', Enumerable.Repeat("1", 10_000))}]")).ShouldBeEmpty();
        JsonLimits.Check(Value($$"""{"a":[{{string.Join(',', Enumerable.Repeat("1", 10_001))}}]}""")).ShouldHaveSingleItem()
            .ShouldBe(new("a", "Array length 10001 exceeds maximum 10000", "too_long"));
    }

    [Theory]
    [InlineData("""{"p":{"a":1,"b":2,"a":3}}""", "p", "duplicate")]
    [InlineData("""{"p":{"a":1,"\u0061":3}}""", "p", "duplicate")]
    [InlineData("""{"p":["\ud800"]}""", "p.0", "invalid_format")]
    [InlineData("""{"p":{"\udc00":1}}""", "p", "invalid_format")]
    [InlineData("""{"p":"a\u0000b"}""", "p", "invalid_format")]
    [InlineData("""{"p":[1,-1e999]}""", "p.1", "out_of_range")]
    public void What_could_not_be_stored_or_hashed_is_named(string json, string field, string code)
    {
        var error = JsonLimits.Check(Value(json)).ShouldHaveSingleItem();
        error.Field.ShouldBe(field);
        error.Code.ShouldBe(code);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused() =>
        JsonLimits.Check(JsonElement.Parse([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8])).ShouldHaveSingleItem().Code.ShouldBe("invalid_format");

    [Fact]
    public void A_duplicate_among_many_members_is_found()
    {
        var names = Enumerable.Range(0, 200).Select(i => $"\"n{i}\":1");
        JsonLimits.Check(Value($"{{{string.Join(',', names)}}}")).ShouldBeEmpty();
        JsonLimits.Check(Value($"{{{string.Join(',', names)},\"n7\":1}}")).ShouldHaveSingleItem().Message.ShouldBe("Member is given twice: n7");
    }

    [Fact]
    public void The_number_of_errors_is_bounded() =>
        JsonLimits.Check(Value($"[{string.Join(',', Enumerable.Repeat("1e999", 5000))}]")).Count.ShouldBe(20);

    private static JsonElement Nested(int depth) =>
        Value(new StringBuilder().Append('[', depth).Append(']', depth).ToString());

    private static JsonElement Value(string json) => JsonElement.Parse(json);
}
