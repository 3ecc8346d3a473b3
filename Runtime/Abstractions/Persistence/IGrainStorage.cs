using Orleans.Runtime;

namespace Orleans
{
    /// <summary>The state on its way between a grain and its storage.</summary>
    public interface IGrainState<T>
    {
        T? State { get; set; }

        string? ETag { get; set; }

        bool RecordExists { get; set; }
    }

    public class GrainState<T> : IGrainState<T>
    {
        public GrainState()
        {
        }

        public GrainState(T? state) : this(state, null)
        {
        }

        public GrainState(T? state, string? eTag)
        {
            State = state;
            ETag = eTag;
        }

        public T? State { get; set; }

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Storage
{
    /// <summary>Where states live. Write and clear are conditional on the etag that the state carries.</summary>
    public interface IGrainStorage
    {
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <exception cref="InconsistentStateException">The stored etag is another one.</exception>
        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <exception cref="InconsistentStateException">The stored etag is another one.</exception>
        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ReadStateAsync(stateName, grainId, grainState);

        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            WriteStateAsync(stateName, grainId, grainState);

        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ClearStateAsync(stateName, grainId, grainState);
    }

    /// <summary>Another writer changed the record first. Leaving a grain method, it drops the activation where it arose.</summary>
    public class InconsistentStateException : OrleansException
    {
        public InconsistentStateException()
        {
        }

        public InconsistentStateException(string message) : base(message)
        {
        }

        public InconsistentStateException(string message, Exception? innerException) : base(message, innerException!)
        {
        }

        public InconsistentStateException(string message, string? storedEtag, string? currentEtag, Exception? innerException)
            : base(message, innerException!)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        public InconsistentStateException(string message, string? storedEtag, string? currentEtag)
            : this(message, storedEtag, currentEtag, null)
        {
        }

        /// <summary>The etag in the store; null when unknown.</summary>
        public string? StoredEtag { get; }

        /// <summary>The etag that the writer held.</summary>
        public string? CurrentEtag { get; }

        /// <summary>True until it has left the activation where it arose: on its way up the chain it drops no other.</summary>
        internal bool IsAtItsSource { get; set; } = true;
    }

    /// <summary>A grain asks for a storage that is not registered.</summary>
    public class BadProviderConfigException : OrleansException
    {
        public BadProviderConfigException(string msg) : base(msg)
        {
        }
    }
}
