using JobForge.Contracts.Ids;
using Npgsql;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>
/// Reads as jobforge_reader. Each names its tenant to the server in the same message and transaction; a statement that forgot its tenant condition, or
/// a connection that no tenant was named on, shows nothing of others.
/// </summary>
internal sealed class TenantReads(NpgsqlDataSource reader)
{
    public Task<List<T>> RowsAsync<T>(TenantId tenant, string act, PostgresStatement statement, Func<NpgsqlDataReader, T> read, CancellationToken cancel) =>
        BatchAsync(tenant, act, [statement], results => results.AllAsync(read), cancel);

    /// <summary>Several statements in one message; each sees what was committed when its turn came.</summary>
    /// <param name="read">Reads the results in the order of the statements.</param>
    public Task<T> BatchAsync<T>(TenantId tenant, string act, IReadOnlyList<PostgresStatement> statements, Func<Results, Task<T>> read, CancellationToken cancel) =>
        reader.CallAsync(
            act,
            async connection =>
            {
                await using var batch = PostgresCalls.Batch(connection, [new PostgresStatement("read/set_tenant").Add(tenant.Value), .. statements]);
                await using var rows = await batch.ExecuteReaderAsync(cancel);
                return await read(new Results(rows, cancel));
            },
            cancel);

    /// <summary>The results behind the one that names the tenant, one after another.</summary>
    internal sealed class Results(NpgsqlDataReader rows, CancellationToken cancel)
    {
        public async Task<List<T>> AllAsync<T>(Func<NpgsqlDataReader, T> read)
        {
            await rows.NextResultAsync(cancel);
            var all = new List<T>();
            while (await rows.ReadAsync(cancel))
            {
                all.Add(read(rows));
            }

            return all;
        }

        /// <summary>The first row, or default.</summary>
        public async Task<T?> FirstAsync<T>(Func<NpgsqlDataReader, T> read) => (await AllAsync(read)).FirstOrDefault();
    }
}
