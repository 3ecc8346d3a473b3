using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace JobForge.Bench;

/// <summary>
/// Load over HTTP from a process of its own on the same processors. The parent starts this program again as <c>load</c>; it answers with one line of JSON.
/// </summary>
public static class LoadProcess
{
    public const string Name = "load";

    /// <summary>Starts a process that loads <paramref name="address"/> and gives its answer.</summary>
    public static async Task<LoadResult> RunAsync(Uri address, string key, LoadPlan load)
    {
        using var process = Process.Start(Command(
            Name, address.ToString(), load.Path, load.Callers.ToString(CultureInfo.InvariantCulture), load.Batch.ToString(CultureInfo.InvariantCulture),
            load.Length.TotalSeconds.ToString(CultureInfo.InvariantCulture), load.PerSecond.ToString(CultureInfo.InvariantCulture)))!;
        // The key goes in by its input: a command line is public.
        await process.StandardInput.WriteLineAsync(key);
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<LoadResult>(answer)!
            : throw new InvalidOperationException($"The load process failed: {answer}");
    }

    /// <summary>This program again, with other arguments.</summary>
    public static ProcessStartInfo Command(params string[] arguments)
    {
        var isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        string[] program = isHost ? [typeof(LoadProcess).Assembly.Location] : [];
        return new ProcessStartInfo(Environment.ProcessPath!, [.. program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
    }

    /// <summary>The child's side: address, path, callers, batch, seconds, requests a second (0: as many as possible).</summary>
    public static async Task<int> ServeAsync(IReadOnlyList<string> arguments)
    {
        var key = Console.ReadLine()!;
        var load = new LoadPlan(arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture), int.Parse(arguments[3], CultureInfo.InvariantCulture))
        {
            Length = TimeSpan.FromSeconds(double.Parse(arguments[4], CultureInfo.InvariantCulture)),
            PerSecond = int.Parse(arguments[5], CultureInfo.InvariantCulture),
        };
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = load.Callers }) { BaseAddress = new Uri(arguments[0]) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var body = Encoding.UTF8.GetBytes(BenchRequests.Body(load.Path, load.Batch));
        var result = load.PerSecond > 0 ? await PaceAsync(client, load, body) : await FloodAsync(client, load, body);
        Console.WriteLine(JsonSerializer.Serialize(result));
        return 0;
    }

    private static async Task<LoadResult> FloodAsync(HttpClient client, LoadPlan load, byte[] body)
    {
        // The first requests make the connections and compile the code.
        await Task.WhenAll(Enumerable.Range(0, load.Callers).Select(_ => PostAsync(client, load.Path, body)));
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, load.Callers).Select(async _ =>
        {
            var requests = 0L;
            while (Stopwatch.GetElapsedTime(start) < load.Length)
            {
                await PostAsync(client, load.Path, body);
                requests++;
            }

            return requests;
        }));
        return new LoadResult(counts.Sum(), Stopwatch.GetElapsedTime(start).TotalSeconds, []);
    }

    private static async Task<LoadResult> PaceAsync(HttpClient client, LoadPlan load, byte[] body)
    {
        var sent = new List<Task<SentJob>>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / load.PerSecond));
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < load.Length && await timer.WaitForNextTickAsync())
        {
            sent.Add(SendAsync(client, load, body));
        }

        return new LoadResult(sent.Count, Stopwatch.GetElapsedTime(start).TotalSeconds, await Task.WhenAll(sent));
    }

    private static async Task<SentJob> SendAsync(HttpClient client, LoadPlan load, byte[] body)
    {
        var at = Stopwatch.GetTimestamp();
        using var answer = JsonDocument.Parse(await PostAsync(client, load.Path, body));
        return new SentJob(answer.RootElement.GetProperty("job").GetProperty("id").GetGuid(), at);
    }

    private static async Task<string> PostAsync(HttpClient client, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{(int)response.StatusCode}: {text}");
    }
}

/// <param name="Path">/v1/jobs, /v1/jobs:batch or /v1/events.</param>
/// <param name="Batch">Items a request.</param>
public sealed record LoadPlan(string Path, int Callers, int Batch)
{
    public TimeSpan Length { get; init; }

    /// <summary>Requests a second; 0: as many as possible.</summary>
    public int PerSecond { get; init; }
}

public sealed record LoadResult(long Requests, double Seconds, IReadOnlyList<SentJob> Sent);

/// <param name="At">The system's monotonic clock, which all processes share.</param>
public sealed record SentJob(Guid Id, long At);
