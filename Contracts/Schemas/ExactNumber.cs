using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>
/// A JSON number without rounding: digits without outer zeros, times ten to a power. Comparing needs no arithmetic, so a number
/// like 1e999999999 costs no more than 1.
/// </summary>
internal readonly record struct ExactNumber(int Sign, string Digits, long Exponent) : IComparable<ExactNumber>
{
    public static ExactNumber Zero { get; } = new(0, "", 0);

    public bool IsWhole => Sign == 0 || Exponent >= 0;

    private long Magnitude => Digits.Length + Exponent;

    public static ExactNumber Of(JsonElement number)
    {
        var text = Encoding.ASCII.GetString(JsonMarshal.GetRawUtf8Value(number));
        var mark = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = mark < 0 ? text : text[..mark];
        var exponent = mark < 0 ? 0 : ExponentOf(text.AsSpan(mark + 1));
        var negative = mantissa[0] == '-';
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('-').TrimStart('0');
        var significant = digits.TrimEnd('0');
        return significant.Length == 0 ? Zero : new(negative ? -1 : 1, significant, exponent - fraction + digits.Length - significant.Length);
    }

    public int CompareTo(ExactNumber other)
    {
        if (Sign != other.Sign || Sign == 0)
        {
            return Sign.CompareTo(other.Sign);
        }

        var size = Magnitude.CompareTo(other.Magnitude);
        return Sign * (size != 0 ? size : string.CompareOrdinal(Digits, other.Digits));
    }

    /// <summary>Exact in decimal: 0.3 is a multiple of 0.1.</summary>
    public bool IsMultipleOf(ExactNumber divisor)
    {
        if (Sign == 0)
        {
            return true;
        }

        // The digits end in no zero, so a smaller power of ten cannot be made up for.
        if (Exponent < divisor.Exponent)
        {
            return false;
        }

        var modulus = BigInteger.Parse(divisor.Digits, CultureInfo.InvariantCulture);
        var shift = BigInteger.ModPow(10, Exponent - divisor.Exponent, modulus);
        return (BigInteger.Parse(Digits, CultureInfo.InvariantCulture) * shift % modulus).IsZero;
    }

    /// <summary>Exponents beyond any use are cut; their order among real numbers stays right.</summary>
    private static long ExponentOf(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? Math.Clamp(value, -int.MaxValue, int.MaxValue)
            : text[0] == '-' ? -int.MaxValue : int.MaxValue;
}
