using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

/// <summary>What the suite needs of a kind of store: a fresh one, and a door for plain SQL from outside.</summary>
public interface IStoreFixture : IAsyncDisposable
{
    Task<IStore> OpenAsync(TimeProvider time);

    /// <summary>Runs statements as an operator's tool would, on a connection that is not the store's.</summary>
    Task SqlAsync(string sql);

    /// <summary>The time as it stands in this store's SQL.</summary>
    string Literal(DateTimeOffset time);
}
