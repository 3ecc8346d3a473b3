using JobForge.Client;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests;

/// <summary>What the command line promises, and what it refuses.</summary>
public sealed class CommandLineTests
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    [Fact]
    public async Task Help_lists_every_option()
    {
        await using var silo = SiloProcess.Start(Nothing, "--help");

        (await silo.ExitAsync()).ShouldBe(0);
        foreach (var option in (string[])["--demo", "--once", "--data", "--urls", "--slots", "--production", "--allow-private-host", "--target"])
        {
            silo.Output.ShouldContain(option);
        }
    }

    [Theory]
    [InlineData("JOBFORGE_KEY_PEPPER", "JOBFORGE_POLICY_TOKEN_SECRET")]
    [InlineData("JOBFORGE_POLICY_TOKEN_SECRET", "JOBFORGE_KEY_PEPPER")]
    public async Task Production_without_a_secret_refuses_and_names_the_variable_and_makes_none(string missing, string given)
    {
        using var data = new DataFolder();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { [given] = "0123456789abcdef0123456789abcdef" };
        await using var silo = SiloProcess.Start(environment, "--production", "--data", data.Path, "--urls", "http://127.0.0.1:0");

        (await silo.ExitAsync()).ShouldBe(2, silo.Output);

        silo.Output.ShouldContain($"{missing} is not set");
        data.Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task Production_refuses_a_short_secret_without_printing_it()
    {
        using var data = new DataFolder();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["JOBFORGE_KEY_PEPPER"] = "too-short-pepper"[..12], ["JOBFORGE_ENVIRONMENT"] = "Production" };
        await using var silo = SiloProcess.Start(environment, "--data", data.Path, "--urls", "http://127.0.0.1:0");

        (await silo.ExitAsync()).ShouldBe(2, silo.Output);

        silo.Output.ShouldContain("JOBFORGE_KEY_PEPPER is shorter than 16 characters");
        silo.Output.ShouldNotContain("too-short-pe");
    }

    [Theory]
    [InlineData("--slots must be 1 to 10000", "--slots", "0")]
    [InlineData("--slots must be 1 to 10000", "--slots", "10001")]
    [InlineData("many", "--slots", "many")]
    [InlineData("--target 'production' is not of the form name=url", "--target", "production")]
    [InlineData("--target '=http://127.0.0.1' is not of the form name=url", "--target", "=http://127.0.0.1")]
    [InlineData("'production=ftp://files.example'", "--target", "production=ftp://files.example")]
    [InlineData("'production=http://'", "--target", "production=http://")]
    [InlineData("10.0.0.0/99", "--allow-private-host", "10.0.0.0/99")]
    [InlineData("--urls 'nowhere'", "--urls", "nowhere")]
    [InlineData("--unknown", "--unknown")]
    public async Task A_bad_option_is_refused_with_a_text_that_says_which(string text, params string[] arguments)
    {
        using var data = new DataFolder();
        await using var silo = SiloProcess.Start(Nothing, ["--data", data.Path, .. arguments]);

        (await silo.ExitAsync()).ShouldBeOneOf(1, 2);

        silo.Output.ShouldContain(text);
        silo.Output.ShouldNotContain("   at ", customMessage: "a stack trace is no clear text");
    }

    [Theory]
    [InlineData("JOBFORGE_REQUESTS_PER_SECOND", "0", "a whole number of requests, 1 to 1000000")]
    [InlineData("JOBFORGE_RETENTION_JOBS_DAYS", "ever", "a whole number of days, 1 to 36500")]
    [InlineData("JOBFORGE_POLICY_TOKEN_EXPIRY_HOURS", "-1", "a number above 0")]
    public async Task A_bad_variable_is_refused_with_a_text_that_says_which(string variable, string value, string text)
    {
        using var data = new DataFolder();
        await using var silo = SiloProcess.Start(
            new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = value }, "--data", data.Path, "--urls", "http://127.0.0.1:0");

        (await silo.ExitAsync()).ShouldBe(2, silo.Output);

        silo.Output.ShouldContain($"{variable} is '{value}'");
        silo.Output.ShouldContain(text);
        silo.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        using var data = new DataFolder();
        await using var first = SiloProcess.Serve(data);
        var client = await first.OperatorAsync();
        await using var second = SiloProcess.Serve(data);

        (await second.ExitAsync()).ShouldBe(2, second.Output);

        second.Output.ShouldContain("JobForge did not start:");
        second.Output.ShouldContain(data.Path);
        second.Output.ShouldNotContain("   at ");
        (await client.ListTemplatesAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_with_a_clear_text()
    {
        using var data = new DataFolder();
        await using var site = await HeldSite.StartAsync();
        await using var silo = SiloProcess.Start(Nothing, "--data", data.Path, "--urls", site.Url.ToString());

        (await silo.ExitAsync()).ShouldBe(2, silo.Output);

        silo.Output.ShouldContain("address already in use", Case.Insensitive);
        silo.Output.ShouldContain("JobForge did not start:");
    }

    [Fact]
    public async Task The_first_start_prints_an_operator_key_once_and_it_goes_on_working()
    {
        using var data = new DataFolder();
        string key;
        await using (var first = SiloProcess.Serve(data))
        {
            key = await first.OperatorKeyAsync();
            await first.AddressAsync();
            await first.StopAsync();
        }

        await using var second = SiloProcess.Serve(data);
        var client = new JobForgeClient(await second.AddressAsync(), key);

        (await client.ListTenantsAsync()).ShouldBeEmpty();
        second.Output.ShouldNotContain("jf_");
        second.Output.ShouldNotContain("made a development secret");
        await second.StopAsync();
        SecretText.In(data, key[^43..]).ShouldBeEmpty();
    }
}
