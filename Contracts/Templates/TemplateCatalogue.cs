using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Templates;

/// <summary>The templates that come with the system, as they are at first start: all disabled. One embedded JSON file a template.</summary>
public static class TemplateCatalogue
{
    private const string Folder = ".Templates.Catalogue.";

    /// <summary>Sorted by key.</summary>
    public static IReadOnlyList<JobTemplate> All { get; } = Load();

    private static List<JobTemplate> Load()
    {
        var assembly = typeof(TemplateCatalogue).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal))
            .Select(name => Read(assembly.GetManifestResourceStream(name)!))
            .OrderBy(template => template.TemplateKey, StringComparer.Ordinal)
            .ToList();
    }

    private static JobTemplate Read(Stream file)
    {
        using (file)
        {
            return JsonSerializer.Deserialize<JobTemplate>(file, ContractJson.Options)
                ?? throw new InvalidOperationException("A catalogue file holds null.");
        }
    }
}
