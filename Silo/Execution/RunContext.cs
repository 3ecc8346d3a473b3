using System.Text.Json;
using System.Text.RegularExpressions;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Handlers;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Execution;

/// <summary>A handler's view of one attempt: collects log lines, progress, metrics and outputs until the executor keeps them.</summary>
public sealed partial class RunContext(StoredJob job, int attempt, RunPast past, IChildRequests family, IArtifactStore artifacts, long maxArtifactBytes, TimeProvider time)
    : IJobContext
{
    public const int MaxLogLines = 10_000;
    private const int MaxLineLength = 8_192;
    private const long MaxSequence = 2 * MaxLogLines;

    private readonly Lock _gate = new();
    private static readonly IReadOnlyDictionary<string, double> NoMetrics = new Dictionary<string, double>(StringComparer.Ordinal);

    private Dictionary<string, double>? _metrics = past.Metrics.Count == 0 ? null : new(past.Metrics, StringComparer.Ordinal);
    private List<ManifestOutput>? _outputs = past.Outputs.Count == 0 ? null : [.. past.Outputs];
    private List<RunLogLine>? _lines;
    private JobProgress? _progress;
    private int _lineCount = past.Lines;

    public JobId RunId => job.Row.Id;

    /// <summary>The epoch under which the attempt runs; its lines are kept as long as that holds the run.</summary>
    public long Holder => job.Holder ?? 0;

    public TenantId TenantId => job.Row.TenantId;

    public string? ProjectId => job.Row.ProjectId;

    public string TemplateKey => job.Row.TemplateKey;

    public JsonElement Inputs => job.Row.Inputs;

    public int Attempt => attempt;

    public int MaxAttempts => job.Row.MaxAttempts;

    public string TraceId => job.Row.TraceId;

    public string? ActorId => job.Row.ActorId;

    public TimeProvider Time => time;

    public JsonElement? State => past.State;

    public IReadOnlyList<ChildRun> Children => past.Children;

    public Task<Outcome<ChildRun>> RequestJobAsync(string name, string templateKey, JsonElement inputs, ChildOptions? options = null) =>
        family.RequestAsync(job.Row, name, templateKey, inputs, options ?? new ChildOptions());

    public void Log(string message, RunLogLevel level = RunLogLevel.Info)
    {
        lock (_gate)
        {
            if (++_lineCount <= MaxLogLines)
            {
                var text = message.Length <= MaxLineLength ? message : message[..MaxLineLength] + " (cut)";
                (_lines ??= []).Add(new RunLogLine(Sequence(), attempt, time.GetUtcNow(), LevelWord(level), text));
            }
        }
    }

    public void Progress(double percent, string? message = null)
    {
        lock (_gate)
        {
            _progress = new JobProgress(double.IsNaN(percent) ? 0 : Math.Clamp(percent, 0, 100), message);
        }
    }

    public void Metric(string name, double value)
    {
        // The manifest is JSON, which has no word for these: better a handler that fails at once than an outcome that cannot be written.
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"The metric {name} must be a finite number.");
        }

        lock (_gate)
        {
            (_metrics ??= new(StringComparer.Ordinal))[name] = value;
        }
    }

    /// <exception cref="ArgumentException">The name is malformed or taken.</exception>
    /// <exception cref="ArtifactTooLargeException">More than the limit of this process.</exception>
    public async Task WriteArtifactAsync(string name, string type, string mimeType, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        if (!ArtifactName().IsMatch(name))
        {
            throw new ArgumentException("An artifact name has 1-128 characters of [A-Za-z0-9._-] and no leading dot.", nameof(name));
        }

        using var stream = new MemoryStream(content.ToArray(), writable: false);
        var stored = await artifacts.WriteAsync(stream, maxArtifactBytes, cancel);
        var output = new ManifestOutput(name, type, $"/v1/runs/{RunId}/artifacts/{name}", stored.Size, $"sha256:{stored.Sha256}", mimeType);
        lock (_gate)
        {
            if (_outputs?.Exists(known => known.Name == name) == true)
            {
                throw new ArgumentException($"The run has an artifact named {name} already.", nameof(name));
            }

            (_outputs ??= []).Add(output);
        }
    }

    /// <summary>Takes the lines since the last call.</summary>
    public IReadOnlyList<RunLogLine> TakeLines()
    {
        lock (_gate)
        {
            var lines = _lines;
            _lines = null;
            return lines ?? (IReadOnlyList<RunLogLine>)[];
        }
    }

    /// <summary>Adds the count of lines beyond the limit, once, at the end.</summary>
    public void NoteDroppedLines()
    {
        lock (_gate)
        {
            if (_lineCount > MaxLogLines)
            {
                (_lines ??= []).Add(new RunLogLine(Sequence(), attempt, time.GetUtcNow(), "warning", $"{_lineCount - MaxLogLines} more lines were not kept"));
            }
        }
    }

    /// <summary>Takes the progress if it changed since the last call.</summary>
    public JobProgress? TakeProgress()
    {
        lock (_gate)
        {
            var progress = _progress;
            _progress = null;
            return progress;
        }
    }

    /// <summary>Everything that the run must have again when it runs on after its wait.</summary>
    public JsonElement Suspend(JsonElement state)
    {
        var (outputs, metrics) = Yield();
        lock (_gate)
        {
            return RunPast.Write(new RunPast(_lineCount, outputs, metrics, state) { Waits = past.Waits + 1 });
        }
    }

    public (IReadOnlyList<ManifestOutput> Outputs, IReadOnlyDictionary<string, double> Metrics) Yield()
    {
        lock (_gate)
        {
            return (_outputs is null ? [] : [.. _outputs], _metrics is null ? NoMetrics : new Dictionary<string, double>(_metrics, StringComparer.Ordinal));
        }
    }

    /// <summary>
    /// Continues over attempts, so that a run's lines read in one order. The epoch comes first: an attempt that was given back has the same number as
    /// its repetition under a later epoch, and the lines of both count. There are at most ten attempts.
    /// </summary>
    private long Sequence() => (((Holder * 16) + attempt) * MaxSequence) + Math.Min(_lineCount, MaxSequence - 1);

    private static string LevelWord(RunLogLevel level) => level switch
    {
        RunLogLevel.Debug => "debug",
        RunLogLevel.Info => "info",
        RunLogLevel.Warning => "warning",
        RunLogLevel.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "A level without a word."),
    };

    [GeneratedRegex("^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ArtifactName();
}
