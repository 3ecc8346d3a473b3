using System.Text;
using Npgsql;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>Turns what Npgsql throws into the store's exceptions, in one place.</summary>
internal static class PostgresErrors
{
    /// <summary>A deadlock or a serialization failure: rolled back, and good for a repeat at once.</summary>
    public static bool IsConflict(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <param name="act">What was being done, for the message.</param>
    public static Exception Describe(Exception failure, string act) => failure switch
    {
        StoreUnavailableException or StoreRejectedException => failure,
        PostgresException { SqlState: var state } error when IsData(state) => new StoreRejectedException($"PostgreSQL refused {act} ({state}): {error.MessageText}"),
        // The text cannot be written as UTF-8, e.g. half of a surrogate pair.
        EncoderFallbackException => new StoreRejectedException($"PostgreSQL cannot store a text of {act}: {failure.Message}"),
        PostgresException { SqlState: var state } error when IsCondition(state) =>
            new StoreUnavailableException($"PostgreSQL could not do {act} ({state}): {error.MessageText}", failure),
        PostgresException => failure,
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException =>
            new StoreUnavailableException($"PostgreSQL did not answer during {act}; whether it took effect is unknown. {failure.Message}", failure),
        _ => failure,
    };

    /// <summary>Data exceptions and constraint violations; what a value did, another value would not.</summary>
    private static bool IsData(string state) => state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal)
        || state is PostgresErrorCodes.ProgramLimitExceeded;

    /// <summary>Connections, conflicts, resources, operator intervention, locks not to be had, system errors, read-only standby.</summary>
    private static bool IsCondition(string state) => state is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction
        || state[..2] is "08" or "40" or "53" or "57" or "58" or "XX" or "28" or "3D";
}
