using System.Globalization;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using Microsoft.AspNetCore.Http;

namespace JobForge.Gateway.Http;

/// <summary>
/// Reads query parameters and gathers what is wrong with them. Absent and blank ones count as not given, unknown ones are ignored,
/// a known one that is malformed or given twice is an error that names it.
/// </summary>
public sealed class QueryReader(IQueryCollection query)
{
    public const int MaxPage = 1000;

    private readonly List<FieldError> _errors = [];

    /// <summary>Null while everything read so far is well-formed.</summary>
    public Refusal? Refusal => _errors.Count == 0 ? null : Refusal.Invalid(_errors);

    public string? Text(string name, int maxLength = 256)
    {
        if (!query.TryGetValue(name, out var values) || values.Count == 0 || string.IsNullOrWhiteSpace(values[0]))
        {
            return null;
        }

        if (values.Count > 1)
        {
            return Fail<string>(name, "Must be given once", FieldCodes.Duplicate);
        }

        return values[0]!.Length <= maxLength ? values[0] : Fail<string>(name, $"Must be at most {maxLength} characters", FieldCodes.TooLong);
    }

    public string? Id(string name) => Text(name, int.MaxValue) switch
    {
        null => null,
        { } text when OpaqueId.IsValid(text) => OpaqueId.Normalize(text),
        _ => Fail<string>(name, "Must be 1-128 characters of A-Z a-z 0-9 . _ : -", FieldCodes.InvalidFormat),
    };

    public JobId? Job(string name) => Text(name) switch
    {
        null => null,
        { } text when JobId.TryParse(text, null, out var id) => id,
        _ => Fail<JobId?>(name, "Must be a run id (UUID)", FieldCodes.InvalidFormat),
    };

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" or "1" => true,
        "false" or "0" => false,
        _ => Fail<bool?>(name, "Must be true or false", FieldCodes.InvalidType),
    };

    public DateTimeOffset? Time(string name) => Text(name) switch
    {
        null => null,
        { } text when Timestamp.TryParse(text, out var time) => time,
        _ => Fail<DateTimeOffset?>(name, "Must be a real ISO 8601 date and time with Z or an offset", FieldCodes.InvalidFormat),
    };

    public long Whole(string name, long fallback, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Fail<long>(name, "Must be a whole number", FieldCodes.InvalidType);
        }

        return number >= min && number <= max ? number : Fail<long>(name, $"Must be from {min} to {max}", FieldCodes.OutOfRange);
    }

    public int Limit(int fallback) => (int)Whole("limit", fallback, 1, MaxPage);

    /// <summary>A list of words, comma-separated or repeated.</summary>
    public IReadOnlyList<T> Words<T>(string name, Func<string, T> parse)
    {
        List<T> parsed = [];
        foreach (var word in query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            try
            {
                parsed.Add(parse(word));
            }
            catch (FormatException)
            {
                Fail<T>(name, "Holds an unknown word", FieldCodes.UnknownValue);
                return [];
            }
        }

        return parsed;
    }

    private T? Fail<T>(string name, string message, string code)
    {
        _errors.Add(new(name, message, code));
        return default;
    }
}
