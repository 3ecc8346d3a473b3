using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres;
using JobForge.Storage.Postgres.Private;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite;

namespace JobForge.Silo.Hosting;

/// <summary>The store of a process, and its private server when it has one. Disposing closes both, in order.</summary>
public sealed class OpenedStore : IAsyncDisposable
{
    private readonly PrivateServer? _server;

    private OpenedStore(IStore store, PrivateServer? server) => (Store, _server) = (store, server);

    public IStore Store { get; }

    /// <exception cref="StartRefusedException">The database is a newer version's, or the login or the account lacks a right; the message says which.</exception>
    /// <exception cref="Storage.StoreUnavailableException">The store cannot be reached or written.</exception>
    /// <exception cref="PostgresNotFoundException">A private server was asked for and PostgreSQL is not installed.</exception>
    public static async Task<OpenedStore> OpenAsync(StoreChoice choice, string dataPath, TimeProvider time, IdSource ids)
    {
        try
        {
            return await OpenChosenAsync(choice, dataPath, time, ids);
        }
        catch (InvalidOperationException refused)
        {
            throw new StartRefusedException(refused.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private static async Task<OpenedStore> OpenChosenAsync(StoreChoice choice, string dataPath, TimeProvider time, IdSource ids)
    {
        switch (choice)
        {
            case StoreChoice.Postgres { ConnectionString: var connection }:
                return new OpenedStore(await OpenAsync(connection, time, ids), server: null);
            case StoreChoice.PrivatePostgres:
                var server = await PrivateServer.StartAsync(new PrivateServerOptions { Folder = Path.Combine(dataPath, "postgres") });
                try
                {
                    return new OpenedStore(await OpenAsync(server.ConnectionString(), time, ids), server);
                }
                catch
                {
                    await server.DisposeAsync();
                    throw;
                }

            default:
                return new OpenedStore(await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(dataPath, "jobforge.db") }, time, ids), server: null);
        }
    }

    private static async Task<IStore> OpenAsync(string connection, TimeProvider time, IdSource ids) =>
        await PostgresStore.OpenAsync(new PostgresStoreOptions { ConnectionString = connection }, time, ids);
}
