using JobForge.Storage.Roles;

namespace JobForge.Storage.Doctor;

/// <summary>One row that breaks a promise.</summary>
/// <param name="Span">Where it was found, to look there again.</param>
/// <param name="RepairValues">What the check's repair takes; null: what the check says.</param>
internal sealed record Breach(DoctorRow Row, IReadOnlyList<object> Span, IReadOnlyList<object>? RepairValues = null);

/// <summary>What a check-up has found so far. Beyond a bound rows are only counted, so that a store that is wrong throughout does not fill the memory.</summary>
internal sealed class Breaches
{
    private const int MostKept = 10_000;

    private readonly Dictionary<Check, List<Breach>> _kept = [];
    private readonly Dictionary<Check, int> _beyond = [];
    private readonly Dictionary<Check, int> _repaired = [];

    public void Add(Check check, Breach breach)
    {
        var kept = Of(check);
        // A row breaks a promise once, however often.
        if (kept.Count > 0 && kept[^1].Row.Subject == breach.Row.Subject && kept[^1].Row.Tenant == breach.Row.Tenant)
        {
            return;
        }

        if (kept.Count < MostKept)
        {
            kept.Add(breach);
        }
        else
        {
            _beyond[check] = _beyond.GetValueOrDefault(check) + 1;
        }
    }

    public List<Breach> Of(Check check) => _kept.TryGetValue(check, out var kept) ? kept : _kept[check] = [];

    /// <summary>Keeps those that the second look found too.</summary>
    public void KeepOnly(Check check, IReadOnlySet<string> subjects)
    {
        Of(check).RemoveAll(breach => !subjects.Contains(breach.Row.Subject));
        _beyond.Remove(check);
    }

    public void NoteRepair(Check check) => _repaired[check] = _repaired.GetValueOrDefault(check) + 1;

    public IReadOnlyList<Finding> Tell(int samples) =>
    [
        .. Checks.All.Where(check => Of(check).Count > 0)
            .Select(check => new Finding(
                check, Of(check).Count + _beyond.GetValueOrDefault(check), [.. Of(check).Take(samples).Select(breach => breach.Row)], _repaired.GetValueOrDefault(check))),
    ];
}
