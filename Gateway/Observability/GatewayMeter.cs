using System.Diagnostics.Metrics;
using JobForge.Contracts.Errors;

namespace JobForge.Gateway.Observability;

/// <summary>What the framework's HTTP metrics do not tell: why calls were refused.</summary>
public sealed class GatewayMeter
{
    public const string Name = "JobForge.Gateway";

    private readonly Counter<long> _refusals;

    public GatewayMeter(IMeterFactory meters) =>
        _refusals = meters.Create(Name).CreateCounter<long>("jobforge.gateway.refusals", unit: "{refusal}", description: "Calls refused, by error code.");

    public void Refused(ErrorCode code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code.Word()));
}
