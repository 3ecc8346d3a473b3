using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Tests.Json;

public sealed class CanonicalJsonTests
{
    [Fact]
    public void Every_vector_of_the_rfc_comes_out_byte_for_byte()
    {
        var folder = SharedTestData.Require("jcs");
        var inputs = Directory.GetFiles(Path.Combine(folder, "input"), "*.json");
        inputs.Length.ShouldBeGreaterThanOrEqualTo(6);
        foreach (var input in inputs)
        {
            var expected = File.ReadAllBytes(Path.Combine(folder, "output", Path.GetFileName(input)));
            CanonicalJson.Serialize(JsonElement.Parse(File.ReadAllBytes(input))).ShouldBe(expected, Path.GetFileName(input));
        }
    }

    // The samples of RFC 8785, appendix B: the bits of a double and its canonical text.
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void A_double_prints_as_the_rfc_says(string bits, string expected)
    {
        var value = BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Canonical(value.ToString("E17", CultureInfo.InvariantCulture)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("0e10", "0")]
    [InlineData("56.0", "56")]
    [InlineData("-7", "-7")]
    [InlineData("1E2", "100")]
    [InlineData("123456789012345", "123456789012345")]
    [InlineData("-12345678901234567890", "-12345678901234567000")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("0.1", "0.1")]
    [InlineData("1e-6", "0.000001")]
    [InlineData("1e-7", "1e-7")]
    [InlineData("123e20", "1.23e+22")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    public void Edges_of_the_number_forms(string number, string expected) => Canonical(number).ShouldBe(expected);

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"b":1,"a":1,"\u0062":2}""")]
    [InlineData("1e400")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\udc00":1}""")]
    public void What_has_no_canonical_form_is_refused(string json) => Should.Throw<JsonException>(() => Canonical(json));

    [Fact]
    public void Member_names_sort_by_utf16_units_and_not_by_bytes() =>
        Canonical("""{"\ufb33":1,"\ud83d\ude02":2,"z":3,"\"":4,"!":5}""")
            .ShouldBe("{\"!\":5,\"\\\"\":4,\"z\":3,\"\ud83d\ude02\":2,\"\ufb33\":1}");

    [Fact]
    public void Any_double_reads_back_as_itself_and_the_form_is_a_fixed_point() =>
        Prop.ForAll(ArbMap.Default.ArbFor<double>().Filter(double.IsFinite), value =>
        {
            var text = Canonical(value.ToString("R", CultureInfo.InvariantCulture));
            return double.Parse(text, CultureInfo.InvariantCulture).Equals(value == 0 ? 0 : value) && string.Equals(Canonical(text), text, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_plain_decimal_comes_out_as_its_double_does() =>
        Prop.ForAll(Decimals().ToArbitrary(), number =>
            string.Equals(Canonical(number), Canonical($"{number}e0"), StringComparison.Ordinal)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_large_object_is_put_in_order_too()
    {
        var names = Enumerable.Range(0, 60).Select(number => $"m{number * 37 % 60:D2}").ToList();
        Canonical(Object(names.Select(name => (name, 1)), text => JsonSerializer.Serialize(text)))
            .ShouldBe($"{{{string.Join(',', names.Order(StringComparer.Ordinal).Select(name => $"\"{name}\":1"))}}}");
    }

    [Fact]
    public void The_order_of_members_and_the_escapes_of_the_source_do_not_matter() =>
        Prop.ForAll(ArbMap.Default.ArbFor<Dictionary<NonNull<string>, int>>(), source =>
        {
            var members = source.Where(pair => !pair.Key.Get.Any(char.IsSurrogate))
                .Select(pair => (pair.Key.Get, pair.Value)).ToList();
            var plain = Object(members, text => JsonSerializer.Serialize(text));
            var turned = Object(Enumerable.Reverse(members), text => JsonSerializer.Serialize(text, ContractJson.Options));
            return string.Equals(Canonical(plain), Canonical(turned), StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_digest_is_the_hash_of_the_canonical_text() =>
        CanonicalJson.Digest(JsonElement.Parse("""{"b":[1.0],"a":"x"}""")).ShouldBe(CanonicalJson.DigestOf("""{"a":"x","b":[1]}"""u8));

    /// <summary>Few digits and a point somewhere: with zeros at either end, below one, and none.</summary>
    private static Gen<string> Decimals() =>
        from whole in Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, 99_999_999)).Select(number => number.ToString(CultureInfo.InvariantCulture))
        from zeros in Gen.Choose(0, 8)
        from rest in Gen.Choose(0, 9_999)
        from sign in Gen.Elements("", "-")
        from point in Gen.Elements(true, false)
        select point ? $"{sign}{whole}.{new string('0', zeros)}{rest}" : $"{sign}{whole}";

    private static string Object(IEnumerable<(string Name, int Value)> members, Func<string, string> quote) =>
        $"{{{string.Join(" , ", members.Select(member => $"{quote(member.Name)}: {member.Value}"))}}}";

    private static string Canonical(string json) => CanonicalJson.SerializeToString(JsonElement.Parse(json));
}
