namespace JobForge.Contracts.Json;

/// <summary>The stable words of <see cref="Errors.FieldError.Code"/>, of the readers and of the schema validator alike.</summary>
public static class FieldCodes
{
    public const string Required = "required";
    public const string InvalidType = "invalid_type";
    public const string InvalidFormat = "invalid_format";
    public const string OutOfRange = "out_of_range";
    public const string TooLong = "too_long";
    public const string TooShort = "too_short";
    public const string TooDeep = "too_deep";
    public const string UnknownValue = "unknown_value";
    public const string Duplicate = "duplicate";
    public const string Conflict = "conflict";
    public const string NotAllowed = "not_allowed";
}
