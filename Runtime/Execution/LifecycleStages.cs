using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>Who takes part in an activation's start and end; starts ascend by stage, stops descend.</summary>
internal sealed class LifecycleStages : IGrainLifecycle
{
    private readonly List<Participant> _participants = [];
    private readonly List<Participant> _started = [];

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        var participant = new Participant(this, stage, observer);
        _participants.Add(participant);
        return participant;
    }

    public async Task StartAsync(CancellationToken token)
    {
        foreach (var participant in _participants.OrderBy(participant => participant.Stage).ToArray())
        {
            await participant.Observer.OnStart(token);
            _started.Add(participant);
        }
    }

    public async Task StopAsync(CancellationToken token)
    {
        foreach (var participant in Enumerable.Reverse(_started))
        {
            await participant.Observer.OnStop(token);
        }
    }

    private sealed record Participant(LifecycleStages Owner, int Stage, ILifecycleObserver Observer) : IDisposable
    {
        public void Dispose()
        {
            Owner._participants.Remove(this);
            Owner._started.Remove(this);
        }
    }
}
