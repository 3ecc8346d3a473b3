namespace JobForge.Storage.Postgres.Engine;

/// <param name="Lanes">Connections that write at the same time.</param>
/// <param name="Cap">Rows a transaction; more would only lengthen the wait of those that came first.</param>
/// <param name="Name">What is written, for messages, e.g. <c>admissions</c>.</param>
internal sealed record GroupCommitOptions(int Lanes, int Cap, string Name)
{
    /// <summary>How often a batch is repeated that lost a deadlock or a serialization conflict.</summary>
    public int ConflictRetries { get; init; } = 3;
}
