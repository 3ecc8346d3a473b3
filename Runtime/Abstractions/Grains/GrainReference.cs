using JobForge.Runtime.Execution;

namespace Orleans.Runtime;

/// <summary>The caller's side of a grain. References are equal when they point to the same grain, whatever their interface.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>, ISpanFormattable
{
    private readonly EngineCore _engine;
    private IRecipient? _recipient;

    internal GrainReference(EngineCore engine, GrainId grainId, GrainInterfaceType interfaceType)
    {
        _engine = engine;
        GrainId = grainId;
        InterfaceType = interfaceType;
    }

    public GrainId GrainId { get; }

    public GrainInterfaceType InterfaceType { get; }

    internal EngineCore Engine => _engine;

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    /// <summary>The same grain seen through another of its interfaces.</summary>
    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => (TGrainInterface)(IAddressable)_engine.References.Create(typeof(TGrainInterface), GrainId);

    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public sealed override string ToString() => $"GrainReference:{GrainId}";

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"GrainReference:{GrainId}", out charsWritten);

    internal Task Send(PlainCall call)
    {
        var completion = call.Completion;
        _engine.Send(this, call);
        return completion;
    }

    internal Task<TResult> Send<TResult>(ResultCall<TResult> call)
    {
        var completion = call.Completion;
        _engine.Send(this, call);
        return completion;
    }

    /// <summary>The last known recipient, looked up afresh once it has died.</summary>
    internal IRecipient Resolve()
    {
        var known = _recipient;
        if (known is { IsDead: false })
        {
            return known;
        }

        return _recipient = _engine.Directory.Find(GrainId);
    }
}
