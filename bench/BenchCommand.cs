using System.CommandLine;

namespace JobForge.Bench;

/// <summary>One benchmark a call: <c>-- NAME</c>. Figures are for reading and comparing within one run, not for passing or failing.</summary>
public static class BenchCommand
{
    private static readonly IReadOnlyDictionary<string, Func<BenchPlan, Task>> Benchmarks = new Dictionary<string, Func<BenchPlan, Task>>(StringComparer.Ordinal)
    {
        ["engine-calls"] = plan => EngineCalls.RunAsync(plan.Output),
        ["core"] = CoreBench.RunAsync,
        ["limits"] = LimitsBench.RunAsync,
        ["store"] = StoreRates.RunAsync,
        ["admit"] = AdmitBench.SingleAsync,
        ["admit-bulk"] = AdmitBench.BulkAsync,
        ["drain"] = DrainBench.DrainAsync,
        ["latency"] = LatencyBench.RunAsync,
        ["backlog"] = DrainBench.BacklogAsync,
        ["million"] = DrainBench.MillionAsync,
        ["events"] = AdmitBench.EventsAsync,
        ["http"] = HttpBench.AdmitAsync,
        ["http-latency"] = HttpBench.LatencyAsync,
        ["sustained"] = SustainedBench.RunAsync,
        ["idle"] = IdleBench.RunAsync,
        ["shared"] = SharedBench.RunAsync,
    };

    public static RootCommand Create()
    {
        var name = new Argument<string>("name") { Description = string.Join(", ", Benchmarks.Keys) };
        name.AcceptOnlyFromAmong([.. Benchmarks.Keys]);
        var store = new Option<string>("--store") { Description = "Which store to run on; postgres starts a server of its own.", DefaultValueFactory = _ => "sqlite" };
        store.AcceptOnlyFromAmong("sqlite", "postgres");
        var json = new Option<string?>("--json") { Description = "Also write the figures to this file." };
        var runs = new Option<int>("--runs") { Description = "Repetitions; the median is printed with the range.", DefaultValueFactory = _ => 3 };
        var smoke = new Option<bool>("--smoke") { Description = "Tiny sizes, one repetition: only shows that the benchmark works." };
        var root = new RootCommand("Benchmarks of JobForge on this machine.") { name, store, json, runs, smoke };
        root.SetAction(async (parsed, _) =>
        {
            await using var benchStore = await BenchStore.OpenAsync(parsed.GetValue(store)!);
            var plan = new BenchPlan(benchStore, parsed.GetValue(smoke), parsed.GetValue(runs), Console.Out);
            await Benchmarks[parsed.GetValue(name)!](plan);
            if (parsed.GetValue(json) is { } file)
            {
                await plan.WriteAsync(file);
            }
        });
        return root;
    }
}
