using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using JobForge.Contracts.Access;
using JobForge.Contracts.Policy;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;

namespace JobForge.Corridor.Tests.Admit;

/// <summary>What goes in as a secret is readable nowhere afterwards.</summary>
public sealed class SecretTests
{
    [Fact]
    public async Task Neither_a_token_nor_a_key_nor_the_signing_secret_is_left_in_the_data_folder_or_the_log()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var key = (await silo.Grains.Registry().CreateApiKey(
            new ApiKeyCreation(CorridorSilo.Caller, new ApiKeyRequest(CorridorSilo.Acme, ApiKeyRole.App, "app")))).Value!.ApiKey;
        var tokens = new List<string>();
        using var http = new HttpClient { BaseAddress = silo.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var action = silo.Handlers[TestTemplates.Action];
        action.Body = async (context, cancel) =>
        {
            // What a careless handler does with all that it sees.
            context.Log(context.Inputs.GetRawText());
            await context.WriteArtifactAsync("inputs.json", "json", "application/json", Encoding.UTF8.GetBytes(context.Inputs.GetRawText()), cancel);
            return ScriptedHandler.Done;
        };

        foreach (var place in (string[])["policy_token", "approval_token", "top"])
        {
            var token = await IssueAsync(silo);
            tokens.Add(token);
            var inputs = new Dictionary<string, string>(StringComparer.Ordinal) { ["target"] = "production" };
            var body = new Dictionary<string, object>(StringComparer.Ordinal) { ["template_key"] = TestTemplates.Action, ["inputs"] = inputs };
            if (place == "top")
            {
                body["policy_token"] = token;
            }
            else
            {
                inputs[place] = token;
            }

            using var answer = await http.PostAsJsonAsync("/v1/jobs", body);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
            await action.NextStartAsync();
            // Again, so that the refusal and its audit row are there too.
            using var refused = await http.PostAsJsonAsync("/v1/jobs", body);
            refused.IsSuccessStatusCode.ShouldBeFalse();
        }

        await CorridorSilo.WaitUntilAsync(() => Task.FromResult(
            silo.Folder.Count("SELECT count(*) FROM jobforge_finished_jobs WHERE status = 'succeeded' AND policy_token_id IS NOT NULL") == 3));
        silo.Folder.Count("SELECT count(*) FROM jobforge_run_logs WHERE message LIKE '%production%'").ShouldBe(3);

        // Last, since reading the files behind its back takes SQLite's locks away.
        var files = ReadAll(silo.Folder.Path);
        files.Keys.ShouldContain(path => path.EndsWith("-wal", StringComparison.Ordinal));
        var log = string.Join('\n', silo.Log.Lines);
        log.ShouldContain("Epoch");
        foreach (var secret in (string[])[key, .. tokens, .. tokens.Select(SignatureOf), CorridorSilo.PolicyTokenSecret])
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            files.Where(file => file.Value.AsSpan().IndexOf(bytes) >= 0).Select(file => file.Key).ShouldBeEmpty();
            log.Contains(secret, StringComparison.Ordinal).ShouldBeFalse();
        }
    }

    private static async Task<string> IssueAsync(CorridorSilo silo) => (await silo.Grains.Policy(CorridorSilo.Acme).Issue(new TokenIssue(
        CorridorSilo.Caller, new PolicyTokenRequest(CorridorSilo.Acme, "ada", TestTemplates.Action, ["ops:*"])))).Value!.PolicyToken;

    /// <summary>With it and the stored claims a token could be put together again.</summary>
    private static string SignatureOf(string token)
    {
        using var claims = System.Text.Json.JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token));
        return claims.RootElement.GetProperty("signature").GetString()!;
    }

    private static Dictionary<string, byte[]> ReadAll(string folder)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                files[path] = copy.ToArray();
            }
            catch (IOException) when (path.EndsWith(".lock", StringComparison.Ordinal))
            {
                // The process lock: held exclusively, and empty of rows.
            }
        }

        return files;
    }
}
