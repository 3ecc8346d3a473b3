namespace JobForge.Silo.Demo;

/// <summary>What the demo says: numbered steps, facts under them, and a mark for each expectation. One that does not hold fails the demo.</summary>
public sealed class DemoScript(TextWriter output)
{
    private int _step;

    public int Failures { get; private set; }

    public void Step(string title)
    {
        output.WriteLine();
        output.WriteLine($"[{++_step}] {title}");
    }

    public void Say(string fact) => output.WriteLine($"    {fact}");

    public void Expect(bool holds, string what)
    {
        output.WriteLine($"    {(holds ? "ok  " : "FAIL")} {what}");
        Failures += holds ? 0 : 1;
    }

    public void Block(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            output.WriteLine($"    | {line}");
        }
    }
}
