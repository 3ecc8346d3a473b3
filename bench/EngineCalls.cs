using System.Diagnostics;
using JobForge.Runtime.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace JobForge.Bench;

/// <summary>The cost of a grain call on the embedded engine: nothing but the call itself, no storage, no network.</summary>
public static class EngineCalls
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    /// <summary>Prints calls a second, and per second of processor time (which a busy machine disturbs less), for one caller that awaits each call, and for 64 callers on one and on 64 grains.</summary>
    public static async Task RunAsync(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        await using var services = new ServiceCollection()
            .AddEmbeddedGrains(options => options.AddGrain<EchoGrain>())
            .BuildServiceProvider();
        var engine = services.GetRequiredService<EmbeddedEngine>();
        await engine.StartAsync(CancellationToken.None);
        foreach (var (callers, grains) in ((int, int)[])[(1, 1), (64, 1), (64, 64)])
        {
            await MeasureAsync(engine.Client, callers, grains, Length / 3);
            var processor = Environment.CpuUsage.TotalTime;
            var rate = await MeasureAsync(engine.Client, callers, grains, Length);
            var perCore = rate * Length.TotalSeconds / (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
            await output.WriteLineAsync($"{callers} callers, {grains} grains: {rate:N0} calls/s, {perCore:N0} a second of processor time");
        }

        await engine.StopAsync(CancellationToken.None);
    }

    private static async Task<double> MeasureAsync(IGrainFactory factory, int callers, int grains, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller, start))));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task<long> CallAsync(int caller, long since)
        {
            var grain = factory.GetGrain<IEchoGrain>(caller % grains);
            var calls = 0L;
            while ((calls & 0xFF) != 0 || Stopwatch.GetElapsedTime(since) < length)
            {
                await grain.Echo(calls++);
            }

            return calls;
        }
    }
}

internal interface IEchoGrain : IGrainWithIntegerKey
{
    Task<long> Echo(long value);
}

internal sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<long> Echo(long value) => Task.FromResult(value);
}
