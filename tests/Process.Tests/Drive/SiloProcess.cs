using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using JobForge.Client;
using JobForge.Contracts.Flags;
using JobForge.Silo.Hosting;
using OsProcess = System.Diagnostics.Process;

namespace JobForge.Process.Tests.Drive;

/// <summary>The real process, started as a user starts it. What it prints is kept, and can be waited for.</summary>
internal sealed partial class SiloProcess : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Seen)> _waiters = [];
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OsProcess _process;

    private SiloProcess(OsProcess process) => _process = process;

    /// <summary>Everything printed so far, both streams, in the order of arrival.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Its name in the rows: what it ran, and its epochs.</summary>
    public string Worker => $"{Environment.MachineName}:{_process.Id}";

    /// <summary>With the features on, on a free port.</summary>
    public static SiloProcess Serve(DataFolder data, params string[] further) =>
        Start(AllFeaturesOn, ["--data", data.Path, "--urls", "http://127.0.0.1:0", .. further]);

    public static SiloProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // A test run in the background ignores SIGINT, and its children would inherit that.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        start.FileName = command[0];
        foreach (var argument in (string[])[.. command[1..], typeof(SiloHost).Assembly.Location, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("JOBFORGE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Launch(start);
    }

    public static IReadOnlyDictionary<string, string> AllFeaturesOn { get; } =
        Enum.GetValues<FeatureFlag>().ToDictionary(flag => flag.Variable(), _ => "1", StringComparer.Ordinal);

    /// <summary>A line that has been printed, or will be.</summary>
    public async Task<string> LineAsync(Func<string, bool> wanted)
    {
        Task<string> seen;
        lock (_gate)
        {
            if (_lines.Find(line => wanted(line)) is { } known)
            {
                return known;
            }

            var waiter = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((wanted, waiter));
            seen = waiter.Task;
        }

        try
        {
            return await seen.WaitAsync(Patience);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The line did not come. The process printed:\n{Output}", late);
        }
    }

    public Task<string> LineAsync(string part) => LineAsync(line => line.Contains(part, StringComparison.Ordinal));

    /// <summary>Where it listens, as soon as it says so.</summary>
    public async Task<Uri> AddressAsync() => new(AddressText().Match(await LineAsync(AddressText().IsMatch)).Groups[1].Value);

    /// <summary>A client with the operator key that the first start printed.</summary>
    public async Task<JobForgeClient> OperatorAsync() => new(await AddressAsync(), await OperatorKeyAsync());

    public async Task<string> OperatorKeyAsync() => KeyText().Match(await LineAsync("No operator key yet")).Value;

    /// <summary>A key that <c>--demo</c> prints at its end.</summary>
    public async Task<string> DemoKeyAsync(string variable) => KeyText().Match(await LineAsync(line => line.TrimStart().StartsWith(variable + "=jf_", StringComparison.Ordinal))).Value;

    public bool HasExited => _ended.Task.IsCompleted;

    /// <returns>The exit code, once everything printed has arrived.</returns>
    public Task<int> ExitAsync() => _ended.Task.WaitAsync(Patience);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public void Signal(int signal) => SendSignal(_process.Id, signal).ShouldBe(0);

    /// <summary>SIGTERM, and a clean end.</summary>
    public async Task StopAsync()
    {
        Signal(SigTerm);
        (await ExitAsync()).ShouldBe(0, Output);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static SiloProcess Launch(ProcessStartInfo start)
    {
        var process = new OsProcess { StartInfo = start, EnableRaisingEvents = true };
        var silo = new SiloProcess(process);
        process.OutputDataReceived += (_, line) => silo.Take(line.Data);
        process.ErrorDataReceived += (_, line) => silo.Take(line.Data);
        process.Exited += (_, _) => silo.GiveUp();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return silo;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            foreach (var waiter in _waiters.Where(waiter => waiter.Wanted(line)))
            {
                waiter.Seen.TrySetResult(line);
            }
        }
    }

    /// <summary>A process that has ended prints no more, once its pipes are read to their end.</summary>
    private void GiveUp()
    {
        _process.WaitForExit();
        lock (_gate)
        {
            foreach (var waiter in _waiters)
            {
                waiter.Seen.TrySetException(new InvalidOperationException($"The process ended before. It printed:\n{string.Join('\n', _lines)}"));
            }
        }

        _ended.TrySetResult(_process.ExitCode);
    }

    [GeneratedRegex(@"serv(?:es|ing) on (http\S+/)")]
    private static partial Regex AddressText();

    [GeneratedRegex("jf_[0-9a-f]{16}_[A-Za-z0-9_-]{43}")]
    private static partial Regex KeyText();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
