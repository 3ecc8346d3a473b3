namespace JobForge.Storage;

/// <summary>
/// The store could not do it now: disk full, input/output error, or locked past the timeout. Nothing is half done; whether the act took
/// effect is unknown only when the machine itself failed, so repeat it under the same key or fence.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>A row broke a constraint of the schema: a bug in the caller. Nothing of its call was written.</summary>
public sealed class StoreRejectedException(string message) : Exception(message);

/// <summary>Another process has the database open; an embedded store serves one process at a time.</summary>
public sealed class StoreInUseException(string path, Exception inner)
    : IOException($"The store {path} is in use by another process. Stop that process first, or give this one another path.", inner);
