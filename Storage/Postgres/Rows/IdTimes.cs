using System.Buffers.Binary;
using JobForge.Contracts.Ids;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>What an id tells of its making, so that a look-up by id reads no older partition of the history.</summary>
internal static class IdTimes
{
    /// <summary>The clocks of two processes may differ; a day is far more than they do, and costs one partition.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>A time that the job was surely not yet finished at. The least there is for an id that is no UUIDv7.</summary>
    public static DateTimeOffset NotBefore(JobId id)
    {
        if (id.Value.Version != 7)
        {
            return DateTimeOffset.MinValue;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var millis = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(millis, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) - Margin;
    }
}
