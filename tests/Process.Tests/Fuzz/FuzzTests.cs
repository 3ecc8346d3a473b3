using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using JobForge.Contracts.Ids;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>
/// Every route of a live process, asked with requests that are mostly right: no 500, no hang, no row of another tenant, no refusal without a body and a count,
/// and afterwards a store in which the doctor finds nothing. JOBFORGE_FUZZ_REQUESTS says how many, JOBFORGE_FUZZ_SEED repeats a campaign, and
/// JOBFORGE_FUZZ_ONLY makes a single request of it again.
/// </summary>
public sealed partial class FuzzTests(ITestOutputHelper output)
{
    private const int Chunk = 250;
    private const int AtOnce = 8;

    [Fact]
    public async Task No_request_at_any_route_breaks_the_process_or_shows_what_is_not_the_callers()
    {
        var (seed, only) = (Seed(), Number("JOBFORGE_FUZZ_ONLY"));
        var requests = Number("JOBFORGE_FUZZ_REQUESTS") ?? 5_000;
        output.WriteLine($"JOBFORGE_FUZZ_SEED={seed} JOBFORGE_FUZZ_REQUESTS={requests}");
        using var data = new DataFolder();
        await using var silo = SiloProcess.Serve(data);
        using var target = await FuzzTarget.PrepareAsync(silo);
        var forge = new RequestForge(target.Routes, target.Pool, target.Keys, seed);
        var rival = await target.RivalAsync();
        var refusals = await target.RefusalsAsync();
        var start = Stopwatch.GetTimestamp();

        var faults = new ConcurrentBag<string>();
        var statuses = new ConcurrentDictionary<(string Route, int Status), int>();
        foreach (var chunk in (only is { } one ? [one] : Enumerable.Range(0, requests)).Chunk(Chunk))
        {
            await Parallel.ForEachAsync(chunk, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (number, cancel) =>
            {
                var request = forge.Make(number);
                var answer = await Exchange.SendAsync(target.Address, request, cancel);
                if (Verdict.Of(request, answer) is { } fault)
                {
                    faults.Add($"{fault}\n  {request.Story}\n  answer {answer.Status}: {answer.Body[..Math.Min(500, answer.Body.Length)]}");
                }

                if (request.Delivery is Delivery.Whole or Delivery.Slow)
                {
                    statuses.AddOrUpdate((request.Route.ToString(), answer.Headers.ContainsKey("x-correlation-id") ? answer.Status : -answer.Status), 1, (_, count) => count + 1);
                }
            });
            await target.OpenUpAsync();
        }

        Report(statuses, Stopwatch.GetElapsedTime(start), requests);
        output.WriteLine((await target.MetricsAsync()).Split('\n').Where(line => line.Contains("Exception\"", StringComparison.Ordinal) && line.Contains("_count", StringComparison.Ordinal)).DefaultIfEmpty("no exceptions").Aggregate((all, line) => $"{all}\n{line}"));
        var story = $"Replay: JOBFORGE_FUZZ_SEED={seed} JOBFORGE_FUZZ_ONLY=<the number behind #>\n";
        // One of each kind: the first line says what, the route where.
        faults.GroupBy(fault => fault[..fault.IndexOf(" as ", StringComparison.Ordinal)].Split('#')[0] + fault.Split(' ', 8)[^2], StringComparer.Ordinal).Select(kind => kind.First()).Take(20)
            .ShouldBeEmpty($"{faults.Count} faults. {story}");
        silo.HasExited.ShouldBeFalse(silo.Output);
        BadLog().Matches(silo.Output).Select(match => match.Value).Take(10).ShouldBeEmpty(story);
        (await target.RivalAsync()).ShouldBe(rival, story);
        (await target.RefusalsAsync() - refusals).ShouldBeGreaterThanOrEqualTo(statuses.Where(one => one.Key.Status >= 400).Sum(one => one.Value), "every refusal is counted");
        if (only is null)
        {
            ReachedBehindTheFirstCheck(target, statuses);
        }

        await DoctorFindsNothingAsync(data);
    }

    /// <summary>A campaign whose requests are all refused proves nothing. It is random: some act that is rarely allowed may be missed.</summary>
    private void ReachedBehindTheFirstCheck(FuzzTarget target, ConcurrentDictionary<(string Route, int Status), int> statuses)
    {
        var reached = statuses.Keys.Where(one => one.Status is >= 200 and < 300).Select(one => one.Route).ToHashSet(StringComparer.Ordinal);
        var missed = target.Routes.Routes.Select(route => route.ToString()).Where(route => !reached.Contains(route)).ToList();
        output.WriteLine($"{reached.Count} of {target.Routes.Routes.Count} routes answered well at least once; not: {string.Join(", ", missed)}");
        reached.Count.ShouldBeGreaterThan(target.Routes.Routes.Count * 3 / 4);
    }

    private static async Task DoctorFindsNothingAsync(DataFolder data)
    {
        await using var doctor = SiloProcess.Start(new Dictionary<string, string>(StringComparer.Ordinal), "doctor", "--data", data.Path, "--deep");
        (await doctor.ExitAsync()).ShouldBe(0, doctor.Output);
    }

    private void Report(ConcurrentDictionary<(string Route, int Status), int> statuses, TimeSpan took, int requests)
    {
        output.WriteLine($"{requests} requests in {took.TotalSeconds:0.0} s");
        output.WriteLine(string.Join(", ", statuses.GroupBy(one => one.Key.Status).OrderBy(group => group.Key).Select(group => $"{group.Key}: {group.Sum(one => one.Value)}")) + " (negative: by the server itself)");
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ulong Seed() => ulong.TryParse(Environment.GetEnvironmentVariable("JOBFORGE_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
        ? seed
        : (ulong)RandomSource.Secure.Next(int.MaxValue);

    /// <summary>The one exception is the server's own word for a caller that reset its connection in the middle of a body.</summary>
    [GeneratedRegex(@"^.*(fail|crit): (?!.*automatic draining of the request body failed).*$|^.*Unhandled exception.*$", RegexOptions.Multiline)]
    private static partial Regex BadLog();
}
