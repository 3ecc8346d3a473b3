using JobForge.Gateway.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace JobForge.Gateway.OpenApi;

/// <summary>The OpenAPI document: made from the routes, the door table and the records that go over the wire.</summary>
internal static class GatewayDocument
{
    public const string SchemeName = "apiKey";
    private const string DocumentName = "v1";

    public static IServiceCollection AddGatewayDocument(this IServiceCollection services, GatewayOptions gateway) => services.AddOpenApi(DocumentName, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = api => api.ActionDescriptor.EndpointMetadata.OfType<Door>().Any();
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document, gateway);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer<DoorOperations>();
        options.AddSchemaTransformer(WireSchemas.TransformAsync);
    });

    public static void MapGatewayDocument(this WebApplication app)
    {
        var door = Doors.Named("openapi");
        app.MapOpenApi(door.Pattern.Replace(DocumentName + "/", "{documentName}/", StringComparison.Ordinal)).WithMetadata(door).WithName(door.Name);
    }

    private static void Describe(OpenApiDocument document, GatewayOptions gateway)
    {
        document.Info = new()
        {
            Title = "JobForge",
            Version = gateway.Version,
            Description = "A durable, multi-tenant execution plane: events, jobs, triggers, policy tokens, artifacts. "
                + "Every answer carries x-correlation-id; every refusal is problem+json with a stable code.",
        };

        // The document is relative to the host that serves it.
        document.Servers = [new() { Url = "/" }];
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[SchemeName] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key, jf_ID_SECRET. Its role decides which routes it opens; its tenant is the only one it sees.",
        };
    }
}
