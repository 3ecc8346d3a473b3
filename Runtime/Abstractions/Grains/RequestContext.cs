using System.Collections.Immutable;
using JobForge.Contracts.Ids;
using JobForge.Runtime.Execution;

namespace Orleans.Runtime;

/// <summary>Values that flow with each call from the caller to the callee, never back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<FlowingContext?> Flowing = new();

    public static Guid ReentrancyId
    {
        get => Flowing.Value?.ReentrancyId ?? Guid.Empty;
        set => Change(current => current with { ReentrancyId = value });
    }

    public static IEnumerable<string> Keys => Current.Values.Keys;

    public static IEnumerable<KeyValuePair<string, object>> Entries => Current.Values;

    /// <summary>What a call takes along; null when there is nothing.</summary>
    internal static FlowingContext? Captured
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    private static FlowingContext Current => Flowing.Value ?? FlowingContext.Empty;

    public static object? Get(string key) => Flowing.Value?.Values.GetValueOrDefault(key);

    public static void Set(string key, object value) => Change(current => current with { Values = current.Values.SetItem(key, value) });

    public static bool Remove(string key)
    {
        var present = Current.Values.ContainsKey(key);
        Change(current => current with { Values = current.Values.Remove(key) });
        return present;
    }

    public static void Clear() => Flowing.Value = null;

    /// <summary>
    /// Calls made until the section is disposed, and what they call in turn, may come back into this activation although it waits.
    /// </summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        var id = original == Guid.Empty ? NewId() : original;
        return new ReentrancySection(original, id);
    }

    /// <summary>Calls made until the section is disposed do not come back into this activation.</summary>
    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    private static Guid NewId()
    {
        var random = (TurnQueue.Running as Activation)?.Engine.Options.Random ?? RandomSource.Secure;
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        return new Guid(bytes);
    }

    private static void Change(Func<FlowingContext, FlowingContext> change)
    {
        var changed = change(Current);
        Flowing.Value = changed == FlowingContext.Empty ? null : changed;
    }

    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Activation? _activation;
        private readonly Guid _originalReentrancyId;
        private readonly Guid _newReentrancyId;

        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _originalReentrancyId = originalReentrancyId;
            _newReentrancyId = newReentrancyId;
            _activation = TurnQueue.Running as Activation;
            ReentrancyId = newReentrancyId;
            _activation?.Admission.EnterSection(newReentrancyId);
        }

        public void Dispose()
        {
            _activation?.Admission.LeaveSection(_newReentrancyId);
            ReentrancyId = _originalReentrancyId;
        }
    }
}

/// <summary>The content of <see cref="RequestContext"/>: never changed, so calls share it.</summary>
internal sealed record FlowingContext(ImmutableDictionary<string, object> Values, Guid ReentrancyId)
{
    public static FlowingContext Empty { get; } = new(ImmutableDictionary<string, object>.Empty.WithComparers(StringComparer.Ordinal), Guid.Empty);

    public bool Equals(FlowingContext? other) =>
        other is not null && ReentrancyId == other.ReentrancyId
        && (ReferenceEquals(Values, other.Values) || (Values.IsEmpty && other.Values.IsEmpty));

    public override int GetHashCode() => ReentrancyId.GetHashCode();
}
