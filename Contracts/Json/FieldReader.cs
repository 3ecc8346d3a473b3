using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Json;

/// <summary>
/// Reads the members of one JSON object and collects one error for each bad one, so that a caller learns of all mistakes at once.
/// A member that is null counts as absent; members that nobody asks for are ignored. After an error the reader goes on with a
/// stand-in value, which <see cref="Finish{T}"/> never lets out.
/// </summary>
public sealed class FieldReader
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<FieldError> _errors;

    private FieldReader(JsonElement value, string path, List<FieldError> errors)
    {
        _object = value;
        _path = path;
        _errors = errors;
    }

    /// <summary>Opens a body, checking it against <see cref="JsonLimits"/> first. No body at all (Undefined) reads as an empty object.</summary>
    public static FieldReader Open(JsonElement body)
    {
        List<FieldError> errors = [];
        if (body.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            errors.Add(new("", "Must be a JSON object", FieldCodes.InvalidType));
        }
        else
        {
            errors.AddRange(JsonLimits.Check(body));
        }

        return new(errors.Count == 0 && body.ValueKind == JsonValueKind.Object ? body : ContractJson.EmptyObject, "", errors)
        {
            IsBroken = errors.Count > 0,
        };
    }

    /// <summary>The body itself cannot be read: errors about single members would be noise.</summary>
    private bool IsBroken { get; init; }

    public bool HasErrors => _errors.Count > 0;

    /// <summary>The members that are there, null or not.</summary>
    public IEnumerable<string> Names => _object.EnumerateObject().Select(member => member.Name);

    /// <summary>The value when every field was good, else the refusal with one detail for each bad field.</summary>
    public Outcome<T> Finish<T>(Func<T> build) => _errors.Count > 0 ? Refusal.Invalid([.. _errors]) : build();

    public void Fail(string field, string message, string code)
    {
        if (!IsBroken)
        {
            _errors.Add(new(_path + field, message, code));
        }
    }

    /// <summary>The member's value, or null when it is absent or null.</summary>
    public JsonElement? Find(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A string of at most <paramref name="max"/> UTF-16 units; blank ones are refused unless <paramref name="mayBeBlank"/>.</summary>
    public string? Text(string name, int max, bool mayBeBlank = false)
    {
        var text = Chars(name);
        if (text is null)
        {
            return null;
        }

        if (text.Length > max)
        {
            Fail(name, $"Must be at most {max} characters", FieldCodes.TooLong);
        }
        else if (!mayBeBlank && string.IsNullOrWhiteSpace(text))
        {
            Fail(name, "Must not be blank", FieldCodes.TooShort);
        }

        return text;
    }

    public string RequiredText(string name, int max, bool mayBeBlank = false) => Require(name, Text(name, max, mayBeBlank));

    /// <summary>An id by the rule of <see cref="OpaqueId"/>, normalised.</summary>
    public string? Id(string name) => Chars(name) is { } text ? CheckId(name, text) : null;

    public string RequiredId(string name) => Require(name, Id(name));

    /// <summary>Checks an id that did not come from the body, e.g. from a header, reporting it under <paramref name="name"/>.</summary>
    public string? CheckId(string name, string text)
    {
        if (OpaqueId.IsValid(text))
        {
            return OpaqueId.Normalize(text);
        }

        if (text.Length > OpaqueId.MaxLength)
        {
            Fail(name, $"Must be at most {OpaqueId.MaxLength} characters", FieldCodes.TooLong);
        }
        else
        {
            Fail(name, "Must be 1-128 characters of A-Z a-z 0-9 . _ : -", FieldCodes.InvalidFormat);
        }

        return null;
    }

    /// <summary>The tenant that the body names, else <paramref name="fallback"/> (the tenant of the caller's key); required when both are absent.</summary>
    public TenantId Tenant(string name, TenantId? fallback)
    {
        if (Find(name) is null)
        {
            return fallback ?? Missing<TenantId>(name);
        }

        return Id(name) is { } id ? new TenantId(id) : default;
    }

    /// <summary>One of a closed set of words.</summary>
    public string? Word(string name, IReadOnlyList<string> words)
    {
        var text = Chars(name);
        if (text is not null && !words.Contains(text, StringComparer.Ordinal))
        {
            Fail(name, $"Must be one of {string.Join(", ", words)}", FieldCodes.UnknownValue);
        }

        return text;
    }

    public string RequiredWord(string name, IReadOnlyList<string> words) => Require(name, Word(name, words));

    public bool? Flag(string name)
    {
        switch (Find(name)?.ValueKind)
        {
            case null:
                return null;
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                Fail(name, "Must be true or false", FieldCodes.InvalidType);
                return null;
        }
    }

    /// <summary>A whole number within the inclusive bounds; <c>3.0</c> is whole.</summary>
    public int? Whole(string name, int min, int max)
    {
        if (Number(name) is not { } number)
        {
            return null;
        }

        if (number != Math.Floor(number))
        {
            Fail(name, "Must be a whole number", FieldCodes.InvalidType);
            return null;
        }

        if (number >= min && number <= max)
        {
            return (int)number;
        }

        Fail(name, $"Must be from {min} to {max}", FieldCodes.OutOfRange);
        return null;
    }

    /// <summary>A number above zero and up to <paramref name="max"/>.</summary>
    public double? Positive(string name, double max)
    {
        if (Number(name) is not { } number)
        {
            return null;
        }

        if (number is > 0 && number <= max)
        {
            return number;
        }

        Fail(name, $"Must be above 0 and at most {max}", FieldCodes.OutOfRange);
        return null;
    }

    /// <summary>A timestamp as <see cref="Timestamp"/> reads it, in UTC.</summary>
    public DateTimeOffset? Time(string name)
    {
        var text = Chars(name);
        if (text is null)
        {
            return null;
        }

        if (Timestamp.TryParse(text, out var time))
        {
            return time;
        }

        Fail(name, "Must be a real ISO 8601 date and time with Z or an offset", FieldCodes.InvalidFormat);
        return null;
    }

    public DateTimeOffset RequiredTime(string name) => Find(name) is null ? Missing<DateTimeOffset>(name) : Time(name) ?? default;

    /// <summary>An object, as it is.</summary>
    public JsonElement? Object(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return value;
        }

        Fail(name, "Must be an object", FieldCodes.InvalidType);
        return null;
    }

    /// <summary>A reader of an object member; its errors join this reader's, under the member's path.</summary>
    public FieldReader? Child(string name) => Object(name) is { } value ? new(value, $"{_path}{name}.", _errors) : null;

    /// <summary>A list of strings that each pass <paramref name="isValid"/>; the first bad item is reported, under its index.</summary>
    public IReadOnlyList<string>? Texts(string name, int maxItems, Func<string, bool> isValid, string rule)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(name, "Must be a list of strings", FieldCodes.InvalidType);
            return null;
        }

        if (value.GetArrayLength() > maxItems)
        {
            Fail(name, $"Must have at most {maxItems} items", FieldCodes.TooLong);
            return null;
        }

        List<string> texts = new(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : null;
            if (text is null || !isValid(text))
            {
                Fail($"{name}.{texts.Count}", text is null ? "Must be a string" : rule, text is null ? FieldCodes.InvalidType : FieldCodes.InvalidFormat);
                return null;
            }

            texts.Add(text);
        }

        return texts;
    }

    private string? Chars(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Fail(name, "Must be a string", FieldCodes.InvalidType);
        return null;
    }

    private double? Number(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetDouble();
        }

        Fail(name, "Must be a number", FieldCodes.InvalidType);
        return null;
    }

    private string Require(string name, string? value) => value ?? (Find(name) is null ? Missing<string>(name) : null) ?? "";

    private T? Missing<T>(string name)
    {
        Fail(name, "Is required", FieldCodes.Required);
        return default;
    }
}
