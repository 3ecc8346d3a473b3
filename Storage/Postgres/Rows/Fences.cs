using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>Fences as values of statements.</summary>
internal static class Fences
{
    /// <summary>The five values that stand first in every change of one job: id, status, owner, attempt, holder.</summary>
    public static PostgresStatement AddFence(this PostgresStatement statement, RunFence fence) =>
        statement.Add((Guid?)fence.JobId.Value).AddSharedFence(fence);

    /// <summary>The fence of many jobs, without their ids.</summary>
    public static PostgresStatement AddSharedFence(this PostgresStatement statement, RunFence fence) =>
        statement.Add(fence.Status.Word()).Add(fence.OwnerEpoch).Add((int?)fence.Attempt).Add(fence.HolderEpoch ?? fence.OwnerEpoch);

    /// <summary>Whether one statement can change both jobs.</summary>
    public static bool IsSharedBy(this RunFence fence, RunFence other) =>
        fence.Status == other.Status && fence.OwnerEpoch == other.OwnerEpoch && fence.HolderEpoch == other.HolderEpoch && fence.Attempt == other.Attempt;
}
