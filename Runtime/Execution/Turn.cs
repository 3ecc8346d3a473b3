namespace JobForge.Runtime.Execution;

/// <summary>One uninterrupted piece of work of a <see cref="TurnQueue"/>. A turn is in at most one queue at a time.</summary>
internal abstract class Turn
{
    /// <summary>The link of the queue that holds the turn.</summary>
    internal Turn? Next;

    internal abstract void Run(TurnQueue queue);
}

internal sealed class TaskTurn(Task task) : Turn
{
    internal override void Run(TurnQueue queue) => queue.RunTask(task);
}

internal sealed class PostedTurn(SendOrPostCallback callback, object? state) : Turn
{
    internal override void Run(TurnQueue queue) => callback(state);
}

internal sealed class ActionTurn(Action action) : Turn
{
    internal override void Run(TurnQueue queue) => action();
}
