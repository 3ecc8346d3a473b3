using System.Globalization;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Access;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace JobForge.Gateway.OpenApi;

/// <summary>Adds to each operation what the routes' metadata says: query, body, problems and the key that it needs.</summary>
internal sealed class DoorOperations : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var door = metadata.OfType<Door>().Last();

        // The generator would take the summary from a handler's docstring, which speaks to other readers.
        operation.Summary = door.Summary;
        AddQuery(operation, metadata.OfType<QueryParameters>().LastOrDefault());
        var body = metadata.OfType<BodyShape>().LastOrDefault();
        if (body is not null)
        {
            await AddBodyAsync(operation, context, body, door, cancellationToken);
        }

        await AddProblemsAsync(operation, context, ProblemStatuses(door, body is not null), cancellationToken);
        if (door.LeastRole is { } role)
        {
            operation.Description = $"Least role of the key: {Contracts.Access.ApiKeyRoles.Word(role)}.";
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(GatewayDocument.SchemeName, context.Document)] = [] }];
        }
    }

    private static void AddQuery(OpenApiOperation operation, QueryParameters? query)
    {
        operation.Parameters ??= [];
        foreach (var parameter in query?.All ?? [])
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Schema = SchemaOf(parameter.Kind),
            });
        }
    }

    private static OpenApiSchema SchemaOf(string kind) => kind switch
    {
        "integer" => new() { Type = JsonSchemaType.Integer, Format = "int64" },
        "boolean" => new() { Type = JsonSchemaType.Boolean },
        "date-time" or "uuid" => new() { Type = JsonSchemaType.String, Format = kind },
        _ => new() { Type = JsonSchemaType.String },
    };

    private static async Task AddBodyAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, BodyShape body, Door door, CancellationToken cancel)
    {
        IOpenApiSchema schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancel);
        if (door.Name is "submitEvents")
        {
            schema = new OpenApiSchema { OneOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema, MinItems = 1, MaxItems = 1000 }] };
            AddIdempotencyKey(operation);
        }
        else if (door.Name is "requestJob")
        {
            AddIdempotencyKey(operation);
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = !body.Optional,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/json"] = new() { Schema = schema } },
        };
    }

    private static void AddIdempotencyKey(OpenApiOperation operation) => operation.Parameters!.Add(new OpenApiParameter
    {
        Name = "Idempotency-Key",
        In = ParameterLocation.Header,
        Description = "Makes a repeat answer the first result. The same key with another body is a CONFLICT.",
        Schema = SchemaOf("string"),
    });

    private static IEnumerable<int> ProblemStatuses(Door door, bool hasBody)
    {
        int[] keyed = door.LeastRole is null ? [] : [401, 403, 422, 429];
        int[] pathed = door.Pattern.Contains('{', StringComparison.Ordinal) ? [404] : [];
        int[] bodied = hasBody ? [400, 409, 413, 415] : [];
        return [.. bodied.Concat(keyed).Concat(pathed).Append(500).Append(503).Order()];
    }

    private static async Task AddProblemsAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, IEnumerable<int> statuses, CancellationToken cancel)
    {
        operation.Responses ??= [];
        foreach (var status in statuses)
        {
            var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancel);
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = ReasonPhrases.GetReasonPhrase(status),
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [ProblemBody.MediaType] = new() { Schema = problem } },
            };
        }
    }
}
