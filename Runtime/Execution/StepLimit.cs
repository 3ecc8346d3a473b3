namespace JobForge.Runtime.Execution;

/// <summary>The time limit of a step in an activation's life.</summary>
internal static class StepLimit
{
    /// <summary>Tells a step that takes too long to stop, and no longer waits for it. Most steps have ended by now and pay for no timer.</summary>
    /// <exception cref="TimeoutException">The step did not end in time.</exception>
    public static Task EndWithinAsync(this Task step, TimeSpan atMost, TimeProvider time, CancellationTokenSource stop) =>
        step.IsCompleted ? step : WatchAsync(step, atMost, time, stop);

    private static async Task WatchAsync(Task step, TimeSpan atMost, TimeProvider time, CancellationTokenSource stop)
    {
        await using var clock = time.CreateTimer(static one => ((CancellationTokenSource)one!).Cancel(), stop, atMost, Timeout.InfiniteTimeSpan);
        await step.WaitAsync(atMost, time);
    }
}
