using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace JobForge.Contracts.Json;

/// <summary>Prints numbers as ECMAScript's Number::toString does, which is what RFC 8785 asks for.</summary>
internal static class CanonicalNumber
{
    /// <summary>Bytes that the longest result takes, with room to spare.</summary>
    public const int MaxLength = 32;

    private const int MaxSafeDigits = 15;

    /// <summary>Writes a JSON number's canonical form and returns its length. The room must hold <see cref="MaxLength"/> bytes and the text itself.</summary>
    /// <exception cref="JsonException">The number is beyond a double.</exception>
    public static int Write(ReadOnlySpan<byte> number, Span<byte> room)
    {
        if (IsPlain(number))
        {
            number.CopyTo(room);
            return number.Length;
        }

        if (!Utf8Parser.TryParse(number, out double value, out var used) || used != number.Length || !double.IsFinite(value))
        {
            throw new JsonException("A number is beyond the range of a double.");
        }

        return Write(value, room);
    }

    /// <summary>
    /// Whether a JSON number of few digits is its own canonical form; the exact answer for others takes a double. Up to 15 digits come back
    /// from a double as they were, so what is left to see is minus zero, zeros at the end of a fraction, and fractions so small that an exponent is due.
    /// </summary>
    public static bool IsPlain(ReadOnlySpan<byte> number)
    {
        var digits = number.StartsWith((byte)'-') ? number[1..] : number;
        if (digits.Length is 0 or > MaxSafeDigits)
        {
            return false;
        }

        var dot = -1;
        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == (byte)'.' && dot < 0)
            {
                dot = i;
            }
            else if (!char.IsAsciiDigit((char)digits[i]))
            {
                return false;
            }
        }

        return dot < 0
            ? digits[0] != (byte)'0' || number.Length == 1
            : dot > 0 && digits[^1] is not ((byte)'0' or (byte)'.') && !(digits[0] == (byte)'0' && digits[(dot + 1)..].StartsWith("000000"u8));
    }

    private static int Write(double value, Span<byte> room)
    {
        if (value == 0)
        {
            room[0] = (byte)'0';
            return 1;
        }

        var sign = 0;
        if (value < 0)
        {
            room[sign++] = (byte)'-';
        }

        Span<byte> digits = stackalloc byte[MaxLength];
        var count = ShortestDigits(Math.Abs(value), digits, out var point);
        return sign + Lay(digits[..count], point, room[sign..]);
    }

    /// <summary>The fewest digits that read back as the value; it equals 0.digits times ten to the power <paramref name="point"/>.</summary>
    private static int ShortestDigits(double value, Span<byte> digits, out int point)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        var exponent = 0;
        var mantissa = text[..length];
        if (mantissa.IndexOf((byte)'E') is >= 0 and var mark)
        {
            exponent = int.Parse(mantissa[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            mantissa = mantissa[..mark];
        }

        var dot = mantissa.IndexOf((byte)'.');
        var whole = dot < 0 ? mantissa.Length : dot;
        var count = 0;
        foreach (var unit in mantissa)
        {
            if (unit != (byte)'.')
            {
                digits[count++] = unit;
            }
        }

        var zeros = digits[..count].IndexOfAnyExcept((byte)'0');
        digits[zeros..count].CopyTo(digits);
        count -= zeros;
        point = whole - zeros + exponent;
        return digits[..count].LastIndexOfAnyExcept((byte)'0') + 1;
    }

    private static int Lay(ReadOnlySpan<byte> digits, int point, Span<byte> room) => point switch
    {
        > 0 and <= 21 when digits.Length <= point => LayWhole(digits, point, room),
        > 0 and <= 21 => LayFraction(digits, point, room),
        > -6 and <= 0 => LaySmall(digits, point, room),
        _ => LayScientific(digits, point - 1, room),
    };

    private static int LayWhole(ReadOnlySpan<byte> digits, int point, Span<byte> room)
    {
        digits.CopyTo(room);
        room[digits.Length..point].Fill((byte)'0');
        return point;
    }

    private static int LayFraction(ReadOnlySpan<byte> digits, int point, Span<byte> room)
    {
        digits[..point].CopyTo(room);
        room[point] = (byte)'.';
        digits[point..].CopyTo(room[(point + 1)..]);
        return digits.Length + 1;
    }

    private static int LaySmall(ReadOnlySpan<byte> digits, int point, Span<byte> room)
    {
        var start = 2 - point;
        room[..start].Fill((byte)'0');
        room[1] = (byte)'.';
        digits.CopyTo(room[start..]);
        return start + digits.Length;
    }

    private static int LayScientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> room)
    {
        var length = digits.Length == 1 ? LayWhole(digits, 1, room) : LayFraction(digits, 1, room);
        room[length++] = (byte)'e';
        room[length++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Math.Abs(exponent).TryFormat(room[length..], out var written, default, CultureInfo.InvariantCulture);
        return length + written;
    }
}
