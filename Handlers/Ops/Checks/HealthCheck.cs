using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>Whether the landing page is a good one.</summary>
internal sealed class HealthCheck : IScanCheck
{
    private static readonly Rule ServerError = new("health.server_error", Severity.Critical, "Landing page answers with a server error", "Look at the server's logs.");
    private static readonly Rule ClientError = new("health.client_error", Severity.High, "Landing page answers with a client error", "Check address and access rules of the target.");
    private static readonly Rule BrokenAsset = new("health.broken_asset", Severity.Medium, "Assets of the landing page are missing", "Deploy the assets, or remove the references.");

    public string Name => "health";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        if (landing.Status >= 400)
        {
            yield return (landing.Status >= 500 ? ServerError : ClientError).At(target, $"{landing.Url} answered {landing.Status}.");
        }

        var broken = target.Assets.Where(answer => answer.Status >= 400).Select(answer => $"{answer.Url.AbsolutePath} ({answer.Status})").ToList();
        if (broken.Count > 0)
        {
            yield return BrokenAsset.At(target, string.Join(", ", broken));
        }
    }
}
