using JobForge.Corridor.Tests.Fixtures;
using JobForge.Silo.Execution;

namespace JobForge.Corridor.Tests.Queue;

public sealed class SignalTests
{
    [Fact]
    public async Task A_signal_given_before_the_wait_is_not_lost_and_many_are_one()
    {
        var signal = new Signal();
        signal.Set();
        signal.Set();

        await signal.WaitAsync().WaitAsync(CorridorSilo.Patience);
        signal.WaitAsync().IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_signal_given_after_a_wait_was_given_up_wakes_the_next_wait()
    {
        var signal = new Signal();
        await signal.WaitAsync(CorridorSilo.Patience, TimeProvider.System, new CancellationToken(canceled: true));

        signal.Set();

        await signal.WaitAsync().WaitAsync(CorridorSilo.Patience);
    }

    [Fact]
    public async Task A_loop_sees_everything_that_was_done_before_a_signal()
    {
        const int Last = 100_000;
        var signal = new Signal();
        var done = 0;
        var work = Task.Run(() =>
        {
            for (var step = 1; step <= Last; step++)
            {
                Volatile.Write(ref done, step);
                signal.Set();
            }
        });

        while (Volatile.Read(ref done) < Last)
        {
            await signal.WaitAsync().WaitAsync(CorridorSilo.Patience);
        }

        await work;
    }
}
