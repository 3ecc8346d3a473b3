namespace JobForge.Simulation.Plants;

/// <summary>Faults that are put into the product on purpose, to see that the auditor finds them. Each is one line that somebody might really get wrong.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>The end of a run is written whoever owns the job by now.</summary>
    FinishWithoutFence,

    /// <summary>The next attempt is queued whoever owns the job by now.</summary>
    RequeueWithoutFence,

    /// <summary>A start is written whoever owns the job by now.</summary>
    StartWithoutFence,

    /// <summary>A job is acknowledged, and written a moment later.</summary>
    AnswerBeforeCommit,

    /// <summary>An event is acknowledged, and written a moment later.</summary>
    EventBeforeCommit,

    /// <summary>The policy token of an admitted job is not burnt.</summary>
    TokenNotBurnt,

    /// <summary>Epochs are declared dead a minute before their lease runs out.</summary>
    LivingTakenOver,

    /// <summary>An idempotency key is not claimed.</summary>
    KeyNotClaimed,

    /// <summary>The end of a run does not look whether somebody asked to cancel it.</summary>
    CancelOverlooked,

    /// <summary>An accepted wish to cancel is not written.</summary>
    CancelNotWritten,

    /// <summary>A job is found by its id alone.</summary>
    TenantForgotten,

    /// <summary>A gate counts one too few.</summary>
    GateCountsOneLess,

    /// <summary>Pauses are not read.</summary>
    PausesNotRead,

    /// <summary>Nobody looks for waiting jobs whose hint was lost.</summary>
    DueOnlyByHint,

    /// <summary>An heir does not load what it inherited.</summary>
    InheritanceNotLoaded,

    /// <summary>Parents are not woken.</summary>
    ParentNotWoken,

    /// <summary>The expiry is not written.</summary>
    ExpiryNotWritten,

    /// <summary>A run_at is not obeyed.</summary>
    RunAtIgnored,

    /// <summary>An ended attempt that will be repeated is not counted.</summary>
    AttemptNotCounted,

    /// <summary>The sweep looks twice a second.</summary>
    RestlessSweep,
}
