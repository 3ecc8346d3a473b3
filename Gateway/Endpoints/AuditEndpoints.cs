using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JobForge.Gateway.Endpoints;

internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDoor("listAudit", ListAsync, QueryParameter.Tenant,
                new("action", "string", "Only this action, e.g. flag_change."), new("allowed", "boolean", "Only allowed or refused acts."),
                new("job_id", "uuid", "Only about this job."), QueryParameter.FromTime, QueryParameter.ToTime,
                QueryParameter.Limit, QueryParameter.Cursor)
            .Gives<Page<AuditEntry>>();

    private static async Task<IResult> ListAsync(Call call, IReadModel rows)
    {
        if (!call.TryScope(out var scope, out var refused))
        {
            return refused;
        }

        var query = new AuditQuery
        {
            TenantId = scope,
            Action = call.Query.Text("action"),
            Allowed = call.Query.Flag("allowed"),
            JobId = call.Query.Job("job_id"),
            FromTime = call.Query.Time("from_time"),
            ToTime = call.Query.Time("to_time"),
            Limit = call.Query.Limit(100),
            Cursor = call.Query.Text("cursor", 1024),
        };
        return call.Query.Refusal is { } bad ? call.Refuse(bad) : await Answers.PageAsync(() => rows.AuditAsync(query, call.Cancel));
    }
}
