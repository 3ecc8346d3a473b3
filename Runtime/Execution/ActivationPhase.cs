namespace JobForge.Runtime.Execution;

internal enum ActivationPhase
{
    /// <summary>Waits for its first message.</summary>
    Created,

    /// <summary>Constructs the grain, loads its state, runs OnActivateAsync; calls wait.</summary>
    Starting,

    /// <summary>Runs requests.</summary>
    Serving,

    /// <summary>Finishes what runs, then OnDeactivateAsync; calls wait and are passed on at the end.</summary>
    Ending,

    /// <summary>Passes on whatever still arrives.</summary>
    Dead,
}
