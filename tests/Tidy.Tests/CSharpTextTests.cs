using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

/// <summary>The rules stand on this scanner, so it is tested first.</summary>
public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("a // b\nc", "a", "c")]
    [InlineData("a /* b */ c", "a", "c")]
    [InlineData("x = \"b // b\"; c", "x = \"", "\"; c")]
    [InlineData("x = @\"b\"\"b\\\"; c", "x = @\"", "\"; c")]
    [InlineData("x = \"b\\\"b\"; c", "x = \"", "\"; c")]
    [InlineData("x = '\"'; c", "x = ' '; c", "c")]
    [InlineData("x = $\"b{y[\"b\"]}b\"; c", "{y[\" \"]}", "\"; c")]
    [InlineData("x = \"\"\"b \"b\" b\"\"\"; c", "x = \"\"\"", "\"\"\"; c")]
    [InlineData("x = $$\"\"\"b {b} {{y}} b\"\"\"; c", "{{y}}", "\"\"\"; c")]
    public void Comments_and_literals_become_blanks_and_code_stays(string text, string kept, string alsoKept)
    {
        var code = CSharpText.Split(text).Code;

        code.Length.ShouldBe(text.Length);
        code.ShouldContain(kept);
        code.ShouldContain(alsoKept);
        code.ShouldNotContain('b');
    }

    [Fact]
    public void Comments_and_literals_are_answered_with_their_places()
    {
        var parts = CSharpText.Split("x = \"one\"; // two");

        parts.Literals.ShouldHaveSingleItem().ShouldBe(new TextSpan(5, "one"));
        parts.Comments.ShouldHaveSingleItem().ShouldBe(new TextSpan(11, "// two"));
    }
}
