using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Schemas;

namespace JobForge.Contracts.Tests.Schemas;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"properties":{"a":{"typ":"string"}}}""", "properties.a.typ", "Unknown keyword: typ")]
    [InlineData("""{"type":"text"}""", "type", "Must be of null, boolean, object, array, number, string, integer")]
    [InlineData("""{"pattern":"(a"}""", "pattern", "Not a supported regular expression: (a")]
    [InlineData("""{"format":"ipv4"}""", "format", "Unknown format: ipv4")]
    [InlineData("""{"$ref":"#/$defs/gone"}""", "$ref", "Unresolvable reference: #/$defs/gone")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "$ref", "Unresolvable reference: https://example.com/schema")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "$schema", "The only dialect is https://json-schema.org/draft/2020-12/schema")]
    [InlineData("""{"minLength":-1}""", "minLength", "Must be a whole number from 0")]
    [InlineData("""{"multipleOf":0}""", "multipleOf", "Must be above 0")]
    [InlineData("""{"required":"a"}""", "required", "Must be a list of strings")]
    [InlineData("""{"items":[{}]}""", "items", "A schema is an object, true or false")]
    [InlineData("""{"type":"string","type":"number"}""", "", "A schema must be sound JSON: no member twice, only valid text")]
    public void A_schema_that_cannot_be_kept_to_is_refused_at_its_place(string schema, string field, string message)
    {
        var error = JsonSchema.Compile(JsonElement.Parse(schema)).Refusal.ShouldNotBeNull().Details.ShouldHaveSingleItem();
        error.Field.ShouldBe(field);
        error.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"if":{"$ref":"#/$defs/a"}}}}""")]
    public void A_reference_that_never_reaches_the_value_is_refused(string schema) =>
        JsonSchema.Compile(JsonElement.Parse(schema)).Refusal!.Message.ShouldContain("A $ref leads back to itself");

    [Fact]
    public void A_recursive_schema_that_steps_into_the_value_is_fine()
    {
        var tree = Compile("""{"type":"object","properties":{"children":{"items":{"$ref":"#"}}},"required":["name"]}""");
        tree.Validate(JsonElement.Parse("""{"name":"a","children":[{"name":"b"},{"children":[{"name":1},{}]}]}""")).Select(error => error.Field)
            .ShouldBe(["children.1.children.1.name", "children.1.name"], ignoreOrder: true);
    }

    [Fact]
    public void Every_error_has_its_path_and_code()
    {
        var schema = Compile("""
            {"type":"object","required":["target","depth"],"additionalProperties":false,
             "properties":{"target":{"type":"string","minLength":1},"kind":{"enum":["a","b"]},"pages":{"type":"integer","minimum":1,"maximum":10},
                           "tags":{"type":"array","items":{"type":"string","maxLength":2},"uniqueItems":true},"depth":true}}
            """);
        schema.Validate(JsonElement.Parse("""{"target":"","kind":"c","pages":11,"tags":["ok","long",5],"other":1}"""))
            .ShouldBe(new FieldError[]
            {
                new("depth", "Is required", "required"),
                new("target", "Must have at least 1 characters", "too_short"),
                new("kind", "Must be one of a, b", "unknown_value"),
                new("pages", "Must be at most 10", "out_of_range"),
                new("tags.1", "Must have at most 2 characters", "too_long"),
                new("tags.2", "Must be string", "invalid_type"),
                new("other", "Is not allowed", "not_allowed"),
            }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("date-time", "2026-02-02T10:00:00Z", "2026-02-02T10:00:00")]
    [InlineData("date-time", "2026-02-02t23:59:60.5+05:30", "2026-02-30T10:00:00Z")]
    [InlineData("date", "2028-02-29", "2027-02-29")]
    [InlineData("uuid", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6F9619FF8B86D011B42D00CF4FC964FF")]
    [InlineData("uri", "https://example.com/a?b=c#d", "/relative")]
    [InlineData("uri", "urn:isbn:0451450523", "http://exa mple.com")]
    [InlineData("email", "a.b+c@example.co.uk", "a@b@c")]
    [InlineData("email", "x@y", "no.at.sign")]
    public void Formats_are_asserted(string format, string good, string bad)
    {
        var schema = Compile($$"""{"format":"{{format}}"}""");
        schema.IsValid(JsonSerializer.SerializeToElement(good)).ShouldBeTrue();
        schema.IsValid(JsonSerializer.SerializeToElement(bad)).ShouldBeFalse();
        schema.IsValid(JsonElement.Parse("7")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"multipleOf":0.1}""", "0.3", true)]
    [InlineData("""{"multipleOf":0.01}""", "19.99", true)]
    [InlineData("""{"multipleOf":0.01}""", "19.995", false)]
    [InlineData("""{"multipleOf":3}""", "1e300", false)]
    [InlineData("""{"multipleOf":2}""", "1e999999999", true)]
    [InlineData("""{"maximum":9007199254740992}""", "9007199254740993", false)]
    [InlineData("""{"maximum":0.1}""", "0.10000000000000000000000001", false)]
    [InlineData("""{"type":"integer"}""", "1e3", true)]
    [InlineData("""{"type":"integer"}""", "1.5e0", false)]
    [InlineData("""{"pattern":"^a$"}""", "\"a\\n\"", false)]
    [InlineData("""{"pattern":"^[$]$"}""", "\"$\"", true)]
    [InlineData("""{"pattern":"^\\d$"}""", "\"٣\"", false)]
    public void Numbers_are_exact_and_patterns_mean_what_ecmascript_means(string schema, string value, bool valid) =>
        Compile(schema).IsValid(JsonElement.Parse(value)).ShouldBe(valid);

    [Fact]
    public void Hostile_values_cost_bounded_time_and_bounded_errors()
    {
        Compile("""{"pattern":"^(a+)+$"}""").IsValid(JsonSerializer.SerializeToElement(new string('a', 40) + "!")).ShouldBeFalse();
        Compile("""{"items":false}""").Validate(JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat("1", 9000))}]")).Count.ShouldBe(JsonSchema.MaxErrors);
        Compile("""{"uniqueItems":true}""").IsValid(JsonSerializer.SerializeToElement(Enumerable.Range(0, 10_000))).ShouldBeTrue();
        var doubling = string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""
            "d{{i}}":{"anyOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}
            """));
        Compile($$"""{"$ref":"#/$defs/d0","$defs":{"d40":false,{{doubling}} } }""").IsValid(JsonElement.Parse("1")).ShouldBeFalse();
        Compile($$"""{"not":{"$ref":"#/$defs/d0"},"$defs":{"d40":false,{{doubling}} } }""").Validate(JsonElement.Parse("1"))
            .ShouldHaveSingleItem().Message.ShouldBe("Is too complex to be validated");
    }

    private static JsonSchema Compile(string schema) => JsonSchema.Compile(JsonElement.Parse(schema)).Value.ShouldNotBeNull();
}
