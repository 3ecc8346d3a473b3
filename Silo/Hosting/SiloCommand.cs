using System.CommandLine;
using JobForge.Silo.Demo;
using JobForge.Silo.Doctor;
using JobForge.Silo.Execution;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace JobForge.Silo.Hosting;

/// <summary>The command line of the all-in-one process.</summary>
public static class SiloCommand
{
    private static readonly Option<bool> Demo = new("--demo") { Description = "Play the integration guide's flows on real input, then keep serving." };
    private static readonly Option<bool> Once = new("--once") { Description = "With --demo: exit after the flows, 0 when every step passed." };
    private static readonly Option<string> Data = new("--data") { Description = "Folder of the database and the artifacts.", DefaultValueFactory = _ => FromEnvironment("JOBFORGE_DATA", "data") };
    private static readonly Option<string> Store = new("--store")
    {
        Description = "sqlite (a file in the data folder, one process) or postgres (several processes may share it). Also JOBFORGE_STORE.",
        DefaultValueFactory = _ => FromEnvironment("JOBFORGE_STORE", "sqlite"),
    };

    private static readonly Option<string> Connection = new("--connection")
    {
        Description = "With --store postgres: postgres://user:password@host:5432/database, or Npgsql's keywords. Better as JOBFORGE_CONNECTION: a command line is public.",
        DefaultValueFactory = _ => FromEnvironment("JOBFORGE_CONNECTION", ""),
    };

    private static readonly Option<bool> Private = new("--private")
    {
        Description = "With --store postgres: start and own a PostgreSQL server in the data folder, for trying out.",
    };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Where the gateway listens, e.g. http://127.0.0.1:8080.",
        DefaultValueFactory = _ => FromEnvironment("JOBFORGE_URLS", "http://127.0.0.1:8080"),
    };

    private static readonly Option<int> Slots = new("--slots") { Description = "Handlers that run at once.", DefaultValueFactory = _ => new ExecutionOptions().Slots };
    private static readonly Option<int> LeaseSeconds = new("--lease-seconds")
    {
        Description = "How long this process owns its jobs without renewing; others take over within two of these after it died. 2 to 300.",
        DefaultValueFactory = _ => (int)new ExecutionOptions().Lease.TotalSeconds,
    };

    private static readonly Option<bool> Production = new("--production")
    {
        Description = "Generate no secrets: refuse to start without JOBFORGE_POLICY_TOKEN_SECRET and JOBFORGE_KEY_PEPPER. Also JOBFORGE_ENVIRONMENT=production.",
    };

    private static readonly Option<string[]> AllowPrivate = new("--allow-private-host")
    {
        Description = "A private host (name or name:port) or network (CIDR) that handlers may reach. Repeatable; none by default.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string[]> Target = new("--target")
    {
        Description = "A name that scans may use, as name=url. Repeatable; several urls a name add up.",
        DefaultValueFactory = _ => [],
    };

    public static RootCommand Create()
    {
        var root = new RootCommand("JobForge: a durable, multi-tenant execution plane. One process: store, engine, execution host and gateway.");
        foreach (var option in (Option[])[Demo, Once, Data, Store, Connection, Private, Urls, Slots, LeaseSeconds, Production, AllowPrivate, Target])
        {
            root.Options.Add(option);
        }

        AcceptOnlyBetween(Slots, 1, 10_000);
        AcceptOnlyBetween(LeaseSeconds, 2, 300);
        root.SetAction(RunAsync);
        root.Subcommands.Add(DoctorCommand.Create(
            parsed => (StoreChoice.Read(parsed.GetValue(Store)!, ReadConnection(parsed), parsed.GetValue(Private)), parsed.GetValue(Data)!), Data, Store, Connection, Private));
        return root;
    }

    private static void AcceptOnlyBetween(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        // What is no number at all is refused by the parser itself; asking for its value here would throw.
        if (result.Tokens is [var given] && int.TryParse(given.Value, out var number) && (number < least || number > most))
        {
            result.AddError($"{option.Name} must be {least} to {most}.");
        }
    });

    /// <summary>Runs the command line. A signal gets the time of a whole drain, where the library by itself would end the process after two seconds.</summary>
    public static Task<int> InvokeAsync(string[] args) =>
        Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = SiloHost.ShutdownTimeout(new ExecutionOptions()) + TimeSpan.FromSeconds(5) });

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        try
        {
            var options = ReadOptions(parsed);
            return parsed.GetValue(Demo)
                ? await DemoCommand.RunAsync(options, once: parsed.GetValue(Once), cancel)
                : await ServeAsync(options, cancel);
        }
        catch (Exception refused) when (refused is StartRefusedException or Storage.StoreInUseException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"JobForge did not start: {refused.Message}");
            return 2;
        }
    }

    private static async Task<int> ServeAsync(SiloOptions options, CancellationToken cancel)
    {
        await using var silo = await SiloHost.BuildAsync(options);
        await silo.StartAsync(cancel);
        await FirstStart.OfferOperatorKeyAsync(silo.Services, Console.Out);
        Console.WriteLine($"JobForge serves on {silo.Address} (data in {Path.GetFullPath(options.DataPath)}). Ctrl-C drains and stops.");
        await silo.App.WaitForShutdownAsync(cancel);
        return 0;
    }

    private static SiloOptions ReadOptions(ParseResult parsed) => new()
    {
        DataPath = parsed.GetValue(Data)!,
        Store = StoreChoice.Read(parsed.GetValue(Store)!, ReadConnection(parsed), parsed.GetValue(Private)),
        Urls = CheckUrls(parsed.GetValue(Urls)!),
        Production = parsed.GetValue(Production) || FromEnvironment("JOBFORGE_ENVIRONMENT", "").Equals("production", StringComparison.OrdinalIgnoreCase),
        AllowedPrivateHosts = parsed.GetValue(AllowPrivate) ?? [],
        Targets = (parsed.GetValue(Target) ?? []).Select(ParseTarget).GroupBy(pair => pair.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.Select(pair => pair.Url)], StringComparer.Ordinal),
        Execution = new ExecutionOptions { Slots = parsed.GetValue(Slots) }.WithLease(TimeSpan.FromSeconds(parsed.GetValue(LeaseSeconds))),
    };

    /// <summary>A connection of the environment does not stand in the way of <c>--private</c>; one of the command line does.</summary>
    private static string? ReadConnection(ParseResult parsed) =>
        parsed.GetValue(Private) && parsed.GetResult(Connection) is null or { Implicit: true } ? null : parsed.GetValue(Connection);

    private static string CheckUrls(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                throw new StartRefusedException($"--urls '{url}' is no address to listen on; give e.g. http://127.0.0.1:8080.");
            }
        }

        return urls;
    }

    private static (string Name, string Url) ParseTarget(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw new StartRefusedException($"--target '{text}' is not of the form name=url.");
        }

        var url = text[(at + 1)..];
        var full = url.Contains("://", StringComparison.Ordinal) ? url : "https://" + url;
        return Uri.TryCreate(full, UriKind.Absolute, out var parsed) && (parsed.Scheme is "http" or "https")
            ? (text[..at], url)
            : throw new StartRefusedException($"--target '{text}' names no http or https URL.");
    }

    private static string FromEnvironment(string variable, string fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : fallback;
}
