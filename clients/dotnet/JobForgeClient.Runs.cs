using System.Security.Cryptography;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;

namespace JobForge.Client;

public sealed partial class JobForgeClient
{
    private const string ChecksumPrefix = "sha256:";

    /// <summary>The run's manifest, pending while it is open; null when there is no such run.</summary>
    public Task<ArtifactManifest?> GetRunManifestAsync(JobId run, CancellationToken cancel = default) =>
        _transport.FindAsync<ArtifactManifest>(Request.Get(Path($"runs/{run}/manifest")), cancel);

    /// <summary>The run's manifest as Markdown.</summary>
    public async Task<string> GetRunReportAsync(JobId run, ManifestReportOptions? options = null, CancellationToken cancel = default)
    {
        var path = options is null
            ? Path($"runs/{run}/report")
            : Path(
                $"runs/{run}/report",
                ("include_inputs", options.IncludeInputs),
                ("include_metrics", options.IncludeMetrics),
                ("include_env", options.IncludeEnv),
                ("max_outputs", options.MaxOutputs));
        using var response = await _transport.SendAsync(Request.Get(path), cancel);
        return await response.Content.ReadAsStringAsync(cancel);
    }

    /// <summary>What the run made.</summary>
    public async Task<IReadOnlyList<ManifestOutput>> ListArtifactsAsync(JobId run, CancellationToken cancel = default) =>
        (await _transport.GetAsync<Page<ManifestOutput>>(Request.Get(Path($"runs/{run}/artifacts")), cancel)).Items;

    /// <summary>Writes one artifact to <paramref name="destination"/> and compares its bytes with the manifest's checksum.</summary>
    /// <exception cref="InvalidDataException">The bytes are not those that the run made; what was written must be thrown away.</exception>
    public async Task DownloadArtifactAsync(JobId run, ManifestOutput artifact, Stream destination, CancellationToken cancel = default)
    {
        var name = string.Join('/', artifact.Name.Split('/').Select(Uri.EscapeDataString));
        using var response = await _transport.SendAsync(Request.Get(Path($"runs/{run}/artifacts/{name}")), cancel);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var content = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[81_920];
        int read;
        while ((read = await content.ReadAsync(buffer, cancel)) > 0)
        {
            digest.AppendData(buffer, 0, read);
            await destination.WriteAsync(buffer.AsMemory(0, read), cancel);
        }

        var found = ChecksumPrefix + Convert.ToHexStringLower(digest.GetHashAndReset());
        if (!string.Equals(found, artifact.Checksum, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"Artifact {artifact.Name} of run {run} has checksum {found}, the manifest says {artifact.Checksum ?? "none"}.");
        }
    }

    /// <summary>Log lines with a sequence number above <paramref name="after"/>, at most <paramref name="limit"/> (1-1000).</summary>
    public async Task<IReadOnlyList<RunLogLine>> GetLogsAsync(JobId run, long after = 0, int limit = 1000, CancellationToken cancel = default) =>
        (await _transport.GetAsync<Page<RunLogLine>>(Request.Get(Path($"runs/{run}/logs", ("after", after), ("limit", limit))), cancel)).Items;

    /// <summary>The run's attempts in order; the last may be open.</summary>
    public async Task<IReadOnlyList<AttemptRow>> GetAttemptsAsync(JobId run, CancellationToken cancel = default) =>
        (await _transport.GetAsync<Page<AttemptRow>>(Request.Get(Path($"runs/{run}/attempts")), cancel)).Items;
}
