namespace JobForge.Contracts.Templates;

/// <summary>A change of a template's row; null members keep their value.</summary>
public sealed record TemplatePatch
{
    public bool? Enabled { get; init; }

    /// <summary>1-10.</summary>
    public int? DefaultMaxAttempts { get; init; }

    /// <summary>1-86,400,000 ms.</summary>
    public int? DefaultTimeoutMs { get; init; }
}
