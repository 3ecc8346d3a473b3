using System.Collections.Concurrent;
using System.Reflection;
using Orleans;

namespace JobForge.Runtime.Proxies;

/// <summary>
/// Copies arrays and the mutable collections of the framework, elements included, so that neither side of a call sees the other's later
/// changes. Everything else is shared: messages are immutable by house rule.
/// </summary>
internal static class Copier
{
    private static readonly ConcurrentDictionary<Type, Func<object, object>?> ByRuntimeType = new();

    /// <summary>Whether values of the declared type may need a copy; decided once per parameter.</summary>
    public static bool MayNeedCopy(Type declared)
    {
        if (declared.IsDefined(typeof(ImmutableAttribute), inherit: false))
        {
            return false;
        }

        return declared.IsArray || declared == typeof(object) || (declared.IsGenericType && IsCollection(declared));
    }

    /// <summary>Called by the emitted classes for parameters and results that may need it.</summary>
    public static T Copy<T>(T value) => value is null ? value : (T)CopyOf(value);

    private static object CopyOf(object value) => ByRuntimeType.GetOrAdd(value.GetType(), CopierOf) is { } copy ? copy(value) : value;

    // Immutable collections implement the same interfaces, so what needs copying is only known from the runtime type.
    private static bool IsCollection(Type type) =>
        type.IsInterface
            ? type.GetInterfaces().Append(type).Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            : type.GetGenericTypeDefinition() is var open && (open == typeof(List<>) || open == typeof(Dictionary<,>) || open == typeof(HashSet<>));

    private static Func<object, object>? CopierOf(Type type)
    {
        if (type.IsArray && type.GetArrayRank() == 1)
        {
            return Bind(nameof(CopyArray), type.GetElementType()!);
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var open = type.GetGenericTypeDefinition();
        return open == typeof(List<>) ? Bind(nameof(CopyList), type.GenericTypeArguments)
            : open == typeof(Dictionary<,>) ? Bind(nameof(CopyDictionary), type.GenericTypeArguments)
            : open == typeof(HashSet<>) ? Bind(nameof(CopySet), type.GenericTypeArguments)
            : null;
    }

    private static Func<object, object> Bind(string method, params Type[] arguments) =>
        typeof(Copier).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(arguments)
            .CreateDelegate<Func<object, object>>();

    private static object CopyArray<T>(object value)
    {
        var copy = (T[])((T[])value).Clone();
        return MayNeedCopy(typeof(T)) ? Array.ConvertAll(copy, Copy) : copy;
    }

    private static object CopyList<T>(object value)
    {
        var list = (List<T>)value;
        return MayNeedCopy(typeof(T)) ? list.ConvertAll(Copy) : new List<T>(list);
    }

    private static object CopyDictionary<TKey, TValue>(object value)
        where TKey : notnull
    {
        var source = (Dictionary<TKey, TValue>)value;
        var copy = new Dictionary<TKey, TValue>(source, source.Comparer);
        if (MayNeedCopy(typeof(TValue)))
        {
            foreach (var (key, item) in source)
            {
                copy[key] = Copy(item);
            }
        }

        return copy;
    }

    private static object CopySet<T>(object value)
    {
        var source = (HashSet<T>)value;
        return new HashSet<T>(source, source.Comparer);
    }
}
