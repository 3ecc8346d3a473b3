using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using JobForge.Contracts.Json;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Doctor;

/// <summary>What needs more than SQL: the digest of the inputs, the hash of the key, the bytes of the outputs.</summary>
internal sealed class RunJudge(IArtifactStore? artifacts, CheckupOptions options)
{
    private const string Sha256 = "sha256:";

    public async IAsyncEnumerable<(Check Check, Breach Breach)> JudgeAsync(DoctorRun run, IReadOnlyList<object> span, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (run.KeyHash is { } hash && run.KeyLeadsTo != run.Id)
        {
            var story = run.KeyLeadsTo is { } other ? $"its key leads to job {other}" : "nothing stands under its key";
            // A key that leads elsewhere is another job's: nothing to write.
            IReadOnlyList<object> repair = run.KeyLeadsTo is null ? [hash, run.Tenant.Value, run.Id.Value, run.InputsHash] : [];
            yield return (Checks.JobKeyMissing, Breach(run, story, span) with { RepairValues = repair });
        }

        if (CanonicalJson.Digest(run.Inputs) is var digest && digest != run.InputsDigest)
        {
            yield return (Checks.InputsChanged, Breach(run, $"admitted with digest {run.InputsDigest}, stored with {digest}", span));
        }

        foreach (var output in artifacts is not null && run.Outputs is { ValueKind: JsonValueKind.Array } outputs ? outputs.EnumerateArray() : default)
        {
            if (await WrongAsync(output, cancel) is { } wrong)
            {
                yield return (Checks.ArtifactMissing, Breach(run, wrong, span));
            }
        }
    }

    private async Task<string?> WrongAsync(JsonElement output, CancellationToken cancel)
    {
        var name = Text(output, "name");
        if (Text(output, "checksum") is not { } checksum)
        {
            return null;
        }

        if (!checksum.StartsWith(Sha256, StringComparison.Ordinal) || checksum.Length != Sha256.Length + 64)
        {
            return $"output {name} has the checksum {checksum}, which is none";
        }

        await using var content = artifacts!.OpenRead(checksum[Sha256.Length..]);
        if (content is null)
        {
            return $"output {name} ({checksum}) is not there";
        }

        if (output.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes != content.Length)
        {
            return $"output {name} has {content.Length} bytes, its manifest says {bytes}";
        }

        return options.Deep && Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel)) != checksum[Sha256.Length..]
            ? $"output {name} has other bytes than its checksum {checksum} says"
            : null;
    }

    private static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static Breach Breach(DoctorRun run, string story, IReadOnlyList<object> span) => new(new DoctorRow(run.Tenant.Value, run.Id.ToString(), story), span);
}
