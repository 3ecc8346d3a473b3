using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Jobs;

/// <summary>Body of a reschedule: <c>{run_at}</c>, the new due time.</summary>
public sealed record RescheduleRequest(DateTimeOffset RunAt);

public static class RescheduleRequestReader
{
    public static Outcome<RescheduleRequest> Read(JsonElement body)
    {
        var fields = FieldReader.Open(body);
        var runAt = fields.RequiredTime("run_at");
        return fields.Finish(() => new RescheduleRequest(runAt));
    }
}

/// <summary>Body of a cancel: <c>{reason?, actor_id?}</c>.</summary>
public sealed record CancelRequest(string? Reason = null, string? ActorId = null);

public static class CancelRequestReader
{
    private const int MaxReasonLength = 500;

    /// <summary>Reads a body that may be left out: then pass an Undefined element.</summary>
    public static Outcome<CancelRequest> Read(JsonElement body)
    {
        var fields = FieldReader.Open(body);
        var request = new CancelRequest(fields.Text("reason", MaxReasonLength, mayBeBlank: true), fields.Id("actor_id"));
        return fields.Finish(() => request);
    }
}
