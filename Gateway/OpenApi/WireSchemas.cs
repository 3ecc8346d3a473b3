using System.Text.Json;
using JobForge.Contracts.Ids;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace JobForge.Gateway.OpenApi;

/// <summary>Says what our converters write: ids and timestamps are strings, JSON values are anything.</summary>
internal static class WireSchemas
{
    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var declared = context.JsonTypeInfo.Type;
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var nullable = type != declared ? JsonSchemaType.Null : default;
        if (type == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String | nullable, "date-time");
        }
        else if (type == typeof(JobId) || type == typeof(EventId))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String | nullable, "uuid");
        }
        else if (type == typeof(TenantId))
        {
            (schema.Type, schema.Pattern) = (JsonSchemaType.String | nullable, "^[A-Za-z0-9._:-]{1,128}$");
        }
        else if (type == typeof(JsonElement))
        {
            schema.Description ??= "Any JSON value.";
        }

        return Task.CompletedTask;
    }
}
