namespace JobForge.Silo.Execution;

/// <summary>Wakes one waiter; signals that meet are one.</summary>
public sealed class AutoResetSignal
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        try
        {
            if (_set.CurrentCount == 0)
            {
                _set.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Two signals met; one is enough.
        }
    }

    public Task WaitAsync(CancellationToken cancel) => _set.WaitAsync(cancel);
}
