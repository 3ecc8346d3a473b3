namespace JobForge.Storage.Doctor;

/// <summary>A place in a walk: the key of a row.</summary>
internal readonly record struct Place(string Tenant, string Id)
{
    public static Place Start { get; } = new("", "");
}

/// <summary>How a walk goes from key to key.</summary>
/// <param name="Statement">Answers the keys of the next rows.</param>
/// <param name="Values">A place as its statements take it.</param>
/// <param name="Runs">Reads the jobs of a span; null: they are no jobs.</param>
internal sealed record Way(string Table, string Statement, Func<Place, IReadOnlyList<object>> Values, string? Runs = null)
{
    public static Way Of(Walk walk) => walk switch
    {
        Walk.OpenJobs => new("jobforge_jobs", "doctor/jobs", place => [IdOf(place)], "doctor/open_runs"),
        Walk.FinishedJobs => new("jobforge_finished_jobs", "doctor/finished", place => [place.Tenant, IdOf(place)], "doctor/finished_runs"),
        Walk.Tokens => new("jobforge_tokens", "doctor/tokens", place => [place.Tenant, place.Id]),
        Walk.Keys => new("jobforge_idempotency_keys", "doctor/keys", place => [IdOf(place)]),
        Walk.EventKeys => new("jobforge_event_keys", "doctor/event_keys", place => [IdOf(place)]),
        _ => throw new ArgumentOutOfRangeException(nameof(walk), walk, "Nothing to walk."),
    };

    private static Guid IdOf(Place place) => place.Id.Length == 0 ? Guid.Empty : Guid.Parse(place.Id);
}
