using JobForge.Contracts.Audit;
using JobForge.Contracts.Flags;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Jobs;

namespace JobForge.Grains.Tenants;

/// <summary>What RegistryGrain needs around an operator's act: how flags are shown, its audit row, the hint to the jobs that it concerns.</summary>
public sealed class OperatorDesk(AuditTrail audit, AdmissionDesk desk, IRunDispatch dispatch)
{
    public FlagSummary Flags(FlagSet flags) => desk.Summary(flags);

    public AuditEntry PauseEntry(string action, PauseChange change) => audit.Entry(action, change.Caller, change.Tenant) with
    {
        TemplateKey = change.TemplateKey,
        Reason = change.Reason,
    };

    /// <summary>Jobs that a pause or a limit holds may go on now; other processes find them in their sweeps.</summary>
    public void LookAtHolds() => dispatch.LookAtHolds();
}
