using System.Text.Json;
using JobForge.Client;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Shared;

/// <summary>Runs that last as long as the test wants: scans of a page that is held back.</summary>
internal static class SharedScans
{
    /// <summary>An unknown focus area makes the handler log a line; the scan reports progress and writes two artifacts.</summary>
    public static JobRequest Of(GatedSite site, string name) => new()
    {
        TenantId = Tenancy.Tenant,
        TemplateKey = "autopilot.growth.seo_scan",
        Inputs = JsonSerializer.SerializeToElement(new { Url = site.Page(name), Depth = 5, FocusAreas = new[] { "tone" } }, ContractJson.Options),
        IdempotencyKey = name,
        TraceId = "scans",
    };

    public static async Task<IReadOnlyDictionary<string, JobId>> RequestAsync(this JobForgeClient door, GatedSite site, IEnumerable<string> names)
    {
        var jobs = new Dictionary<string, JobId>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            jobs[name] = (await door.RequestJobAsync(Of(site, name))).Job!.Id;
        }

        return jobs;
    }

    public static string[] Names(string stem, int count) => [.. Enumerable.Range(0, count).Select(one => $"{stem}{one:00}")];
}
