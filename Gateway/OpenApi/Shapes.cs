namespace JobForge.Gateway.OpenApi;

/// <summary>A query parameter as the document shows it. Handlers read it through QueryReader, which gives better errors than binding.</summary>
/// <param name="Kind">string, integer, boolean, date-time or uuid.</param>
public sealed record QueryParameter(string Name, string Kind, string Description)
{
    public static readonly QueryParameter Tenant = new("tenant_id", "string", "The tenant; a tenant's key may leave it out, an operator must name one where the route is a tenant's.");
    public static readonly QueryParameter Limit = new("limit", "integer", "Rows of a page, 1-1000.");
    public static readonly QueryParameter Cursor = new("cursor", "string", "The next_cursor of an earlier page.");
    public static readonly QueryParameter FromTime = new("from_time", "date-time", "Not before this time, inclusive.");
    public static readonly QueryParameter ToTime = new("to_time", "date-time", "Not after this time, inclusive.");
    public static readonly QueryParameter ProjectId = new("project_id", "string", "Only of this project.");
    public static readonly QueryParameter TraceId = new("trace_id", "string", "Only of this trace.");
}

/// <summary>Endpoint metadata: its query parameters.</summary>
public sealed record QueryParameters(IReadOnlyList<QueryParameter> All);

/// <summary>Endpoint metadata: the shape of its JSON body, which the handler reads by itself.</summary>
public sealed record BodyShape(Type Type, bool Optional);
