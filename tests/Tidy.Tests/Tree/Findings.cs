namespace JobForge.Tidy.Tests.Tree;

/// <summary>How a rule's findings become a test's verdict: all of them at once, each with its place.</summary>
public static class Findings
{
    public static void ShouldBeNone(this IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
