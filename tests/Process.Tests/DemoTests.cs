using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests;

/// <summary>The two commands of the README.</summary>
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_passes_every_step_and_writes_no_secret_into_its_data()
    {
        using var data = new DataFolder();
        await using var silo = Demo(data, "--once");

        (await silo.ExitAsync()).ShouldBe(0, silo.Output);

        var steps = StepLine().Matches(silo.Output).Select(match => int.Parse(match.Groups[1].Value)).ToList();
        steps.ShouldBe(Enumerable.Range(1, 9));
        silo.Output.ShouldNotContain("FAIL", Case.Sensitive);
        OkLine().Count(silo.Output).ShouldBeGreaterThan(20);
        SecretText.In(data, await File.ReadAllTextAsync(Path.Combine(data.Path, "policy-token.secret")), await File.ReadAllTextAsync(Path.Combine(data.Path, "api-key.pepper")))
            .Select(found => Path.GetFileName(found.Split(':')[0])).ShouldBe(["api-key.pepper", "policy-token.secret"], ignoreOrder: true);
        SecretText.InText(silo.Output).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_demo_on_the_same_data_passes_too()
    {
        using var data = new DataFolder();
        for (var round = 1; round <= 2; round++)
        {
            await using var silo = Demo(data, "--once");
            (await silo.ExitAsync()).ShouldBe(0, silo.Output);
        }
    }

    [Fact]
    public async Task The_curl_lines_of_the_README_work_against_the_demo()
    {
        using var data = new DataFolder();
        await using var silo = Demo(data);
        var (address, key) = (await silo.AddressAsync(), await silo.DemoKeyAsync("KEY"));
        using var http = new HttpClient();
        var (calls, job) = (ReadmeCalls(), "");
        calls.Count.ShouldBeGreaterThanOrEqualTo(8);
        foreach (var call in calls)
        {
            using var request = call.ToRequest(address, key, job);
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();

            response.IsSuccessStatusCode.ShouldBeTrue($"{call.Line}\n{(int)response.StatusCode} {text}");
            text.ShouldNotBeEmpty(call.Line);
            if (call.Line.Contains("keys.usage.aggregate", StringComparison.Ordinal))
            {
                // As the page's grep does: the first id in the answer.
                job = FirstId().Match(text).Groups[1].Value;
                job.ShouldBe(JsonElement.Parse(text).GetProperty("job").GetProperty("id").GetString());
            }
        }

        await silo.StopAsync();
    }

    [Fact]
    public async Task A_signal_in_the_middle_of_the_demo_ends_it_without_a_stack_trace()
    {
        using var data = new DataFolder();
        await using var silo = Demo(data, "--once");
        await silo.LineAsync("[2] ");

        silo.Signal(SiloProcess.SigInt);

        (await silo.ExitAsync()).ShouldNotBe(0, "the flows did not pass");
        silo.Output.ShouldNotContain("   at ");
        silo.Output.ShouldNotContain("FAIL", Case.Sensitive);
    }

    private static SiloProcess Demo(DataFolder data, params string[] further) =>
        SiloProcess.Start(new Dictionary<string, string>(StringComparer.Ordinal), ["--demo", "--data", data.Path, "--urls", "http://127.0.0.1:0", .. further]);

    private static List<ReadmeCall> ReadmeCalls()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "JobForge.Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return [.. File.ReadLines(Path.Combine(folder.FullName, "README.md")).Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).Select(line => new ReadmeCall(line))];
    }

    /// <summary>One curl line: a GET with or without the key, or a POST of JSON.</summary>
    private sealed record ReadmeCall(string Line)
    {
        public HttpRequestMessage ToRequest(Uri address, string key, string job)
        {
            var url = UrlText().Match(Line).Groups[1].Value.Replace("$JOB", job, StringComparison.Ordinal);
            var json = JsonText().Match(Line);
            var request = new HttpRequestMessage(json.Success ? HttpMethod.Post : HttpMethod.Get, new Uri(address, url));
            if (Line.Contains("Bearer $KEY", StringComparison.Ordinal))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }

            request.Content = json.Success ? new StringContent(json.Groups[1].Value, Encoding.UTF8, "application/json") : null;
            return request;
        }
    }

    [GeneratedRegex(@"^\[(\d+)\] ", RegexOptions.Multiline)]
    private static partial Regex StepLine();

    [GeneratedRegex("^    ok ", RegexOptions.Multiline)]
    private static partial Regex OkLine();

    [GeneratedRegex("\"id\":\"([^\"]*)\"")]
    private static partial Regex FirstId();

    [GeneratedRegex(@"http://127\.0\.0\.1:8080(/[^""\s]*)")]
    private static partial Regex UrlText();

    [GeneratedRegex("--json '([^']*)'")]
    private static partial Regex JsonText();
}
