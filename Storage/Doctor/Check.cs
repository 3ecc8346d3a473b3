using JobForge.Storage.Roles;

namespace JobForge.Storage.Doctor;

/// <summary>One promise that rows can break, and the statement that finds the rows which break it.</summary>
/// <param name="Name">Stable: for metrics, scripts and audit rows.</param>
/// <param name="Meaning">What a finding means, in plain words.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Check(string Name, Severity Severity, string Meaning, string Remedy)
{
    /// <summary>Of <c>Sql/doctor/</c>; empty: judged by code.</summary>
    public string Statement { get; init; } = "";

    /// <summary>The walk that the statement is run over, span by span.</summary>
    public Walk Walk { get; init; } = Walk.None;

    /// <summary>What the statement takes behind the span.</summary>
    public Func<CheckTimes, IReadOnlyList<object>> Takes { get; init; } = _ => [];

    /// <summary>Only a breach while some process lives; with none, everything waits, as it should.</summary>
    public bool NeedsProcess { get; init; }

    /// <summary>May be seen for a moment in a healthy system: a finding counts when it is there at a second look too.</summary>
    public bool LooksTwice { get; init; }

    /// <summary>Reads history, whose length has no bound: left out of the continuous look where it cannot be read in slices.</summary>
    public bool WholeHistory { get; init; }

    public Repair? Repair { get; init; }
}

/// <param name="Values">What the statement takes, of a finding.</param>
public sealed record Repair(string Statement, Func<DoctorRow, CheckTimes, IReadOnlyList<object>> Values);

public enum Severity
{
    /// <summary>Odd; nothing promised is broken by it.</summary>
    Warning,

    /// <summary>A promise is broken.</summary>
    Error,
}

/// <summary>How the rows of a table are read, a page at a time.</summary>
public enum Walk
{
    /// <summary>At once: the table is small, or the statement bounds itself.</summary>
    None,
    OpenJobs,
    FinishedJobs,
    Tokens,
    Keys,
    EventKeys,
}

/// <param name="Now">This process's clock.</param>
/// <param name="Settled">What a healthy system has put right if it happened before.</param>
/// <param name="JobsKeptSince">Finished jobs that ended before may have been forgotten.</param>
/// <param name="EventsKeptSince">Events received before may have been forgotten.</param>
public sealed record CheckTimes(DateTimeOffset Now, DateTimeOffset Settled, DateTimeOffset JobsKeptSince, DateTimeOffset EventsKeptSince)
{
    /// <summary>No lease is longer than five minutes.</summary>
    public DateTimeOffset BeyondEveryLease => Now.AddMinutes(10);

    /// <summary>The least id that an event of that time can have.</summary>
    public Guid FirstEventKept => IdAt(EventsKeptSince);

    /// <summary>The least UUIDv7 of that time.</summary>
    public static Guid IdAt(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
