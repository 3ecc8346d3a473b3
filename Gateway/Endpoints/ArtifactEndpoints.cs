using System.Net.Mime;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Manifests;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace JobForge.Gateway.Endpoints;

/// <summary>What a run made, and its bytes. Not behind the manifest flag: a flip of a flag leaves stored things readable.</summary>
internal static class ArtifactEndpoints
{
    private const string ChecksumPrefix = "sha256:";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("listArtifacts", ListAsync, QueryParameter.Tenant).Gives<Page<ManifestOutput>>();
        routes.MapDoor("downloadArtifact", DownloadAsync, QueryParameter.Tenant)
            .Produces<Stream>(StatusCodes.Status200OK, MediaTypeNames.Application.Octet)
            .Produces<Stream>(StatusCodes.Status206PartialContent, MediaTypeNames.Application.Octet);
    }

    private static async Task<IResult> ListAsync(Call call, string id, IReadModel rows)
    {
        if (!call.TryRun(id, out var run, out var refused))
        {
            return refused;
        }

        return await rows.ManifestAsync(run.Tenant, run.Job, call.Cancel) is { } manifest ? Answers.Whole(manifest.Outputs) : call.Refuse(Call.NoSuchRun);
    }

    private static async Task<IResult> DownloadAsync(Call call, string id, string name, IReadModel rows, IArtifactStore artifacts)
    {
        if (!call.TryRun(id, out var run, out var refused))
        {
            return refused;
        }

        var manifest = await rows.ManifestAsync(run.Tenant, run.Job, call.Cancel);
        var output = manifest?.Outputs.FirstOrDefault(output => string.Equals(output.Name, name, StringComparison.Ordinal));
        if (output is null || DigestOf(output) is not { } digest || artifacts.OpenRead(digest) is not { } content)
        {
            return call.Refuse(Refusal.NotFound("Artifact not found"));
        }

        GuardAgainstBrowsers(call.Http.Response);
        return Results.Stream(
            content, MediaTypeOf(output), fileDownloadName: Path.GetFileName(output.Name),
            entityTag: new EntityTagHeaderValue($"\"{ChecksumPrefix}{digest}\""), enableRangeProcessing: content.CanSeek);
    }

    private static string? DigestOf(ManifestOutput output) =>
        output.Checksum is { } checksum && checksum.StartsWith(ChecksumPrefix, StringComparison.Ordinal) ? checksum[ChecksumPrefix.Length..] : null;

    /// <summary>The media type is the handler's word; what is no media type must not reach a header.</summary>
    private static string MediaTypeOf(ManifestOutput output) =>
        MediaTypeHeaderValue.TryParse(output.MimeType, out var parsed) ? parsed.ToString() : MediaTypeNames.Application.Octet;

    /// <summary>Artifacts may hold anything: a browser must download them, never run them in our origin. They never change, but only their tenant may see them.</summary>
    private static void GuardAgainstBrowsers(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, no-cache";
    }
}
