using JobForge.Storage.Roles;

namespace JobForge.Storage.Doctor;

/// <summary>How a check-up is done.</summary>
public sealed record CheckupOptions
{
    /// <summary>What a healthy system puts right by itself in less: two leases and two sweeps, with room.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long after the first look the second one comes, at what may be seen for a moment in a healthy system.</summary>
    public TimeSpan SecondLook { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rows a statement.</summary>
    public int PageRows { get; init; } = 1_000;

    /// <summary>Rest after each page, so that others are not held up.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Pages of open jobs, and of each table of history, that one check-up reads; the next one goes on behind them.</summary>
    public int OpenPages { get; init; } = int.MaxValue;

    public int HistoryPages { get; init; } = int.MaxValue;

    /// <summary>Findings named a check; all are counted.</summary>
    public int Samples { get; init; } = 10;

    /// <summary>Also reads the bytes of every output that a manifest names, and compares their checksum.</summary>
    public bool Deep { get; init; }

    public bool Repair { get; init; }

    public Retention Retention { get; init; } = new();

    /// <summary>Who repairs, for the audit rows.</summary>
    public string Actor { get; init; } = "doctor";

    public bool ReadsWholeHistory => HistoryPages == int.MaxValue && OpenPages == int.MaxValue;
}

/// <param name="Processes">Processes that live by their leases.</param>
/// <param name="Examined">Rows read, a table.</param>
/// <param name="Skipped">What was not judged.</param>
public sealed record CheckupReport(
    DateTimeOffset At, TimeSpan Took, int Processes, IReadOnlyDictionary<string, long> Examined, IReadOnlyList<Finding> Findings, IReadOnlyList<SkippedCheck> Skipped);

/// <param name="Count">Rows that break the promise.</param>
/// <param name="Samples">The first of them.</param>
public sealed record Finding(Check Check, int Count, IReadOnlyList<DoctorRow> Samples, int Repaired);

/// <param name="Reason">Why, in words.</param>
public sealed record SkippedCheck(Check Check, string Reason);
