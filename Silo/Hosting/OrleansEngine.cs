using Microsoft.Extensions.DependencyInjection;

namespace JobForge.Silo.Hosting;

/// <summary>The Orleans half of the switch. The cluster build is a later issue; until then it says so instead of half working.</summary>
public static class GrainEngine
{
    public const string Name = "orleans";

    public static IServiceCollection AddGrainEngine(this IServiceCollection services) =>
        throw new StartRefusedException("The Orleans engine is not wired yet: build with GrainEngine=Embedded.");
}
