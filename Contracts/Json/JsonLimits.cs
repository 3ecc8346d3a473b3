using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using JobForge.Contracts.Errors;

namespace JobForge.Contracts.Json;

/// <summary>
/// The bounds of every JSON value that enters: what passes here can be stored by either database, canonicalised and hashed without
/// a further check. So besides the sizes it refuses what JSON's grammar lets through and those cannot take: text that is no Unicode,
/// U+0000, one member name twice, numbers beyond a double.
/// </summary>
public static class JsonLimits
{
    /// <summary>Bytes of a body. The door checks it before parsing.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Nested objects and arrays, the outermost counted as 1.</summary>
    public const int MaxDepth = 10;

    /// <summary>UTF-16 units of a string.</summary>
    public const int MaxStringLength = 100_000;

    public const int MaxArrayLength = 10_000;

    /// <summary>Characters of a number; longer ones carry nothing that a double keeps and cost time in exact arithmetic.</summary>
    public const int MaxNumberLength = 400;

    private const int MaxErrors = 20;

    /// <summary>Checks a value and everything below it. Empty when it is within bounds; at most 20 errors, their fields as dot paths from the value.</summary>
    public static IReadOnlyList<FieldError> Check(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            return [];
        }

        if (!Utf8.IsValid(JsonMarshal.GetRawUtf8Value(value)))
        {
            return [new("", "Text must be valid UTF-8", FieldCodes.InvalidFormat)];
        }

        List<FieldError>? errors = null;
        Walk(value, 1, ref errors);
        return errors ?? (IReadOnlyList<FieldError>)[];
    }

    private static void Walk(JsonElement value, int depth, ref List<FieldError>? errors)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth > MaxDepth:
            case JsonValueKind.Array when depth > MaxDepth:
                Add(ref errors, $"Object depth exceeds maximum {MaxDepth}", FieldCodes.TooDeep);
                break;
            case JsonValueKind.Object:
                WalkObject(value, depth, ref errors);
                break;
            case JsonValueKind.Array:
                WalkArray(value, depth, ref errors);
                break;
            case JsonValueKind.String:
                CheckString(value, ref errors);
                break;
            case JsonValueKind.Number:
                CheckNumber(value, ref errors);
                break;
            default:
                break;
        }
    }

    private static void WalkObject(JsonElement value, int depth, ref List<FieldError>? errors)
    {
        if (!NamesAreSound(value, ref errors))
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            var before = errors?.Count ?? 0;
            Walk(member.Value, depth + 1, ref errors);
            FieldPaths.Prefix(errors, before, member);
            if (errors?.Count >= MaxErrors)
            {
                return;
            }
        }
    }

    private static void WalkArray(JsonElement value, int depth, ref List<FieldError>? errors)
    {
        var length = value.GetArrayLength();
        if (length > MaxArrayLength)
        {
            Add(ref errors, $"Array length {length} exceeds maximum {MaxArrayLength}", FieldCodes.TooLong);
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var before = errors?.Count ?? 0;
            Walk(item, depth + 1, ref errors);
            FieldPaths.Prefix(errors, before, index++);
            if (errors?.Count >= MaxErrors)
            {
                return;
            }
        }
    }

    private static void CheckString(JsonElement value, ref List<FieldError>? errors)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var escaped = raw.Contains((byte)'\\');
        if (!escaped && raw.Length - 2 <= MaxStringLength)
        {
            return;
        }

        if (Decode(value) is not { } text)
        {
            Add(ref errors, "Text must not hold half a surrogate pair", FieldCodes.InvalidFormat);
        }
        else if (text.Length > MaxStringLength)
        {
            Add(ref errors, $"String length {text.Length} exceeds maximum {MaxStringLength}", FieldCodes.TooLong);
        }
        else if (text.Contains('\0'))
        {
            Add(ref errors, "Text must not hold U+0000", FieldCodes.InvalidFormat);
        }
    }

    private static void CheckNumber(JsonElement value, ref List<FieldError>? errors)
    {
        var length = JsonMarshal.GetRawUtf8Value(value).Length;
        if (length > MaxNumberLength || (length > 4 && !double.IsFinite(value.GetDouble())))
        {
            Add(ref errors, "Number is out of range", FieldCodes.OutOfRange);
        }
    }

    /// <summary>Compares hashes of the raw names; only an escape, a hash met twice or a large object pays for decoded names.</summary>
    private static bool NamesAreSound(JsonElement value, ref List<FieldError>? errors)
    {
        const int small = 64;
        Span<int> hashes = stackalloc int[small];
        var count = 0;
        foreach (var member in value.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            HashCode hash = default;
            hash.AddBytes(name);
            var code = hash.ToHashCode();
            if (count == small || hashes[..count].Contains(code) || name.Contains((byte)'\\') || name.Length > MaxStringLength)
            {
                return DecodedNamesAreSound(value, ref errors);
            }

            hashes[count++] = code;
        }

        return true;
    }

    private static bool DecodedNamesAreSound(JsonElement value, ref List<FieldError>? errors)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (FieldPaths.NameOf(member) is not { } name || name.Contains('\0') || name.Length > MaxStringLength)
            {
                Add(ref errors, "A member name is not valid text", FieldCodes.InvalidFormat);
                return false;
            }

            if (!names.Add(name))
            {
                Add(ref errors, $"Member is given twice: {name}", FieldCodes.Duplicate);
                return false;
            }
        }

        return true;
    }

    private static string? Decode(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static void Add(ref List<FieldError>? errors, string message, string code) => (errors ??= []).Add(new("", message, code));
}
