using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Roles;

/// <summary>Lines that handlers log, in order, a run.</summary>
public interface IRunLogStore
{
    /// <summary>Keeps the lines as long as <paramref name="holder"/> holds the run; those of a run that it has lost are dropped.</summary>
    Task AppendAsync(TenantId tenant, JobId run, long holder, IReadOnlyList<RunLogLine> lines, CancellationToken cancel);
}

/// <summary>Artifact contents by their SHA-256. Writing the same bytes twice keeps one copy; a half-written file is never visible under a digest.</summary>
public interface IArtifactStore
{
    /// <summary>Reads <paramref name="content"/> to its end and keeps it, flushed to disk before the answer.</summary>
    /// <exception cref="ArtifactTooLargeException">More than <paramref name="maxBytes"/>.</exception>
    Task<StoredArtifact> WriteAsync(Stream content, long maxBytes, CancellationToken cancel);

    /// <summary>Null when there is no such content.</summary>
    Stream? OpenRead(string sha256);
}

/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record StoredArtifact(string Sha256, long Size);

public sealed class ArtifactTooLargeException(long maxBytes) : IOException($"The artifact is larger than {maxBytes} bytes.");

/// <summary>Rows of the embedded engine itself: reminders and grain state.</summary>
public interface IEngineRows
{
    Task<string> UpsertReminderAsync(ReminderRow row, CancellationToken cancel);

    /// <summary>Deletes the reminder with that etag; false when it is there with another.</summary>
    Task<bool> DeleteReminderAsync(string grainId, string name, string etag, CancellationToken cancel);

    Task<IReadOnlyList<ReminderRow>> RemindersOfAsync(string grainId, CancellationToken cancel);

    /// <summary>All reminders, for the engine's start.</summary>
    Task<IReadOnlyList<ReminderRow>> AllRemindersAsync(CancellationToken cancel);

    Task<(byte[]? Payload, string? Etag)> ReadStateAsync(string stateName, string grainId, CancellationToken cancel);

    /// <summary>The new etag, or null when <paramref name="etag"/> is not the stored one (null: no row yet). A null payload clears.</summary>
    Task<string?> WriteStateAsync(string stateName, string grainId, byte[]? payload, string? etag, CancellationToken cancel);
}

public sealed record ReminderRow(string GrainId, string Name, DateTimeOffset StartAt, TimeSpan Period, string Etag);
