using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace JobForge.Runtime.Tests.Embedded;

/// <summary>
/// What we declare in the Orleans namespaces must exist in Orleans with the same signature. The metadata of Core.Abstractions is at hand
/// and decides; the types that live in other Orleans assemblies are listed here with the assembly.
/// </summary>
public sealed class SurfaceTests
{
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["Orleans.IClusterClient"] = "Orleans.Core",
        ["Orleans.IGrainState`1"] = "Orleans.Core",
        ["Orleans.GrainState`1"] = "Orleans.Core",
        ["Orleans.CollectionAgeLimitAttribute"] = "Orleans.Core",
        ["Orleans.KeepAliveAttribute"] = "Orleans.Core",
        ["Orleans.Storage.IGrainStorage"] = "Orleans.Core",
        ["Orleans.Storage.InconsistentStateException"] = "Orleans.Core",
        ["Orleans.Storage.BadProviderConfigException"] = "Orleans.Core",
        ["Orleans.Runtime.IPersistentState`1"] = "Orleans.Runtime",
        ["Orleans.Runtime.PersistentStateAttribute"] = "Orleans.Runtime",
        ["Orleans.ImmutableAttribute"] = "Orleans.Serialization.Abstractions",
        ["Orleans.ResponseTimeoutAttribute"] = "Orleans.Serialization.Abstractions",
        ["Orleans.IRemindable"] = "Orleans.Reminders",
        ["Orleans.GrainReminderExtensions"] = "Orleans.Reminders",
        ["Orleans.Runtime.IGrainReminder"] = "Orleans.Reminders",
        ["Orleans.Runtime.TickStatus"] = "Orleans.Reminders",
        ["Orleans.Runtime.ReminderException"] = "Orleans.Reminders",
        ["Orleans.Hosting.ReminderOptions"] = "Orleans.Reminders",
    };

    private static readonly IReadOnlyDictionary<string, PublicType> Ours = Read(typeof(Orleans.Grain).Assembly.Location);

    private static readonly IReadOnlyDictionary<string, PublicType> Theirs =
        Read(Path.Combine(AppContext.BaseDirectory, "surface", "Orleans.Core.Abstractions.dll"));

    [Fact]
    public void Every_type_and_member_in_an_Orleans_namespace_exists_in_Orleans()
    {
        var invented = Ours.Values
            .Where(type => !Elsewhere.ContainsKey(type.Name))
            .SelectMany(type => Theirs.TryGetValue(type.Name, out var real)
                ? type.Facts.Except(real.Facts, StringComparer.Ordinal).Select(fact => $"{type.Name}: {fact}")
                : [$"{type.Name} does not exist"]);
        invented.ShouldBeEmpty();
    }

    [Fact]
    public void The_list_of_types_from_other_assemblies_is_exact()
    {
        Elsewhere.Keys.Except(Ours.Keys, StringComparer.Ordinal).ShouldBeEmpty();
        Elsewhere.Keys.Intersect(Theirs.Keys, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void The_comparison_sees_names_parameters_results_bases_and_attribute_targets()
    {
        Ours.Count.ShouldBeGreaterThan(60);
        var facts = Theirs["Orleans.Grain"].Facts;
        facts.Contains("base System.Object").ShouldBeTrue();
        facts.Contains("method Public System.Threading.Tasks.Task OnActivateAsync`0(System.Threading.CancellationToken cancellationToken)").ShouldBeTrue();
        Theirs["Orleans.Concurrency.ReentrantAttribute"].Facts.Contains("targets Class multiple=False inherited=True").ShouldBeTrue();
        Theirs["Orleans.DeactivationReasonCode"].Facts.Contains("constant ShuttingDown = 1").ShouldBeTrue();
    }

    private static Dictionary<string, PublicType> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        return PublicSurface.Read(file.GetMetadataReader())
            .Where(type => type.Name.StartsWith("Orleans.", StringComparison.Ordinal))
            .ToDictionary(type => type.Name, StringComparer.Ordinal);
    }
}
