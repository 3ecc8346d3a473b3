using JobForge.Runtime.Hosting;
using JobForge.Runtime.Reminders;
using JobForge.Grains.Tenants;
using JobForge.Storage.Roles;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using System.Text.Json;
using JobForge.Contracts.Json;
using ReminderRow = JobForge.Runtime.Reminders.ReminderRow;

namespace JobForge.Silo.Hosting;

/// <summary>The embedded engine's half of the switch: grains run in this process, and the engine's own rows live in our store.</summary>
public static class GrainEngine
{
    public const string Name = "embedded";

    /// <summary>Adds the engine and its hosted service. The host starts what was added before it first, and stops it last.</summary>
    public static IServiceCollection AddGrainEngine(this IServiceCollection services)
    {
        services.AddSingleton<IReminderStore, StoredReminders>();
        services.AddSingleton<IGrainStorage, StoredGrainState>();
        return services.AddEmbeddedGrains(engine => engine.AddAssembly(typeof(TenantGrain).Assembly));
    }

    private sealed class StoredReminders(IEngineRows rows) : IReminderStore
    {
        public Task<string> UpsertAsync(ReminderRow row, CancellationToken token) =>
            rows.UpsertReminderAsync(new Storage.Roles.ReminderRow(row.GrainId.ToString(), row.Name, row.StartAt, row.Period, row.ETag), token);

        public Task<bool> DeleteAsync(GrainId grainId, string name, string etag, CancellationToken token) =>
            rows.DeleteReminderAsync(grainId.ToString(), name, etag, token);

        public async Task<IReadOnlyList<ReminderRow>> ReadAsync(GrainId grainId, CancellationToken token) =>
            [.. (await rows.RemindersOfAsync(grainId.ToString(), token)).Select(FromStore)];

        public async Task<ReminderPage> ReadDueAsync(DateTimeOffset before, string? after, int limit, CancellationToken token)
        {
            var all = await rows.AllRemindersAsync(token);
            return new ReminderPage([.. all.Where(row => row.StartAt < before).Select(FromStore)], Next: null);
        }

        private static ReminderRow FromStore(Storage.Roles.ReminderRow row) =>
            new(GrainId.Parse(row.GrainId), row.Name, row.StartAt, row.Period, row.Etag);
    }

    private sealed class StoredGrainState(IEngineRows rows) : IGrainStorage
    {
        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var (payload, etag) = await rows.ReadStateAsync(stateName, grainId.ToString(), CancellationToken.None);
            grainState.State = payload is null ? Activator.CreateInstance<T>() : JsonSerializer.Deserialize<T>(payload, ContractJson.Options);
            grainState.ETag = etag;
            grainState.RecordExists = payload is not null;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            PutAsync(stateName, grainId, grainState, JsonSerializer.SerializeToUtf8Bytes(grainState.State, ContractJson.Options));

        public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await PutAsync(stateName, grainId, grainState, null);
            grainState.State = Activator.CreateInstance<T>();
            grainState.RecordExists = false;
        }

        private async Task PutAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, byte[]? payload)
        {
            var etag = await rows.WriteStateAsync(stateName, grainId.ToString(), payload, grainState.ETag, CancellationToken.None)
                ?? throw new InconsistentStateException($"The state {stateName} of {grainId} was changed by another activation.", null, grainState.ETag);
            grainState.ETag = etag;
            grainState.RecordExists = payload is not null;
        }
    }
}
