using System.Text.Json;
using System.Threading.Channels;
using JobForge.Handlers;

namespace JobForge.Corridor.Tests.Fixtures;

/// <summary>A handler that does what the test says and announces each start.</summary>
internal sealed class ScriptedHandler(string templateKey) : IJobHandler
{
    public static readonly HandlerResult Done = HandlerResult.Success(JsonElement.Parse("""{"ok":true}"""));

    private readonly Channel<IJobContext> _starts = Channel.CreateUnbounded<IJobContext>();
    private int _startCount;

    public string TemplateKey => templateKey;

    public Func<IJobContext, CancellationToken, Task<HandlerResult>> Body { get; set; } = (_, _) => Task.FromResult(Done);

    public int StartCount => Volatile.Read(ref _startCount);

    public Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        Interlocked.Increment(ref _startCount);
        _starts.Writer.TryWrite(context);
        return Body(context, cancel);
    }

    /// <summary>Waits for the next start that no earlier call answered.</summary>
    public Task<IJobContext> NextStartAsync() => _starts.Reader.ReadAsync().AsTask().WaitAsync(CorridorSilo.Patience);

    /// <summary>Every start so far that no call answered, in order.</summary>
    public IReadOnlyList<IJobContext> TakeStarts()
    {
        var starts = new List<IJobContext>();
        while (_starts.Reader.TryRead(out var start))
        {
            starts.Add(start);
        }

        return starts;
    }
}

/// <summary>A handler's body that holds its slot until the test opens it.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _open.TrySetResult();

    /// <summary>Waits and gives up when it is told to stop.</summary>
    public async Task<HandlerResult> Polite(IJobContext context, CancellationToken cancel)
    {
        await _open.Task.WaitAsync(cancel);
        return ScriptedHandler.Done;
    }

    /// <summary>Waits whatever it is told.</summary>
    public async Task<HandlerResult> Deaf(IJobContext context, CancellationToken cancel)
    {
        await _open.Task;
        return ScriptedHandler.Done;
    }
}
