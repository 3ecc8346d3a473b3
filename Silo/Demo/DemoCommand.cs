using JobForge.Contracts.Flags;
using JobForge.Handlers;
using JobForge.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JobForge.Silo.Demo;

/// <summary><c>--demo</c>: the process, a small faulty web site beside it, and the guide's flows played against both over real HTTP.</summary>
public static class DemoCommand
{
    /// <returns>0 when every step passed; 1 otherwise.</returns>
    public static async Task<int> RunAsync(SiloOptions options, bool once, CancellationToken cancel)
    {
        await using var site = await DemoSite.StartAsync(TimeProvider.System, cancel);
        await using var silo = await SiloHost.BuildAsync(ForDemo(options, site), AddDemoHandlers);
        await silo.StartAsync(cancel);
        var access = await DemoAccess.PrepareAsync(silo, cancel);
        var passed = await new DemoFlows(access, site, new DemoScript(Console.Out)).PlayAsync(cancel);
        if (once || !passed)
        {
            await silo.StopAsync(CancellationToken.None);
            return passed ? 0 : 1;
        }

        access.PrintHowToGoOn(Console.Out, site);
        await silo.App.WaitForShutdownAsync(cancel);
        return 0;
    }

    private static void AddDemoHandlers(IServiceCollection services) => services
        .AddSingleton<IJobHandler, FlakyHandler>()
        .AddSingleton<IJobHandler, BrokenHandler>();

    private static SiloOptions ForDemo(SiloOptions options, DemoSite site) => options with
    {
        Quiet = true,
        FurtherTemplates = DemoTemplates.All,
        AllowedPrivateHosts = [.. options.AllowedPrivateHosts, site.HttpUrl.Host],
        Targets = new Dictionary<string, IReadOnlyList<string>>(options.Targets, StringComparer.Ordinal)
        {
            ["production"] = [site.HttpsUrl.ToString(), site.HttpUrl.ToString()],
        },
        // The demo shows the features at work, so they start switched on; what the environment says goes first.
        Environment = name => options.Environment(name) ?? (FeatureFlags.TryParse(name, out _) ? "1" : null),
    };
}
