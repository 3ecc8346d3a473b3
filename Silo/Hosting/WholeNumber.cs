using System.Globalization;

namespace JobForge.Silo.Hosting;

/// <summary>Settings of the environment that are whole numbers.</summary>
internal static class WholeNumber
{
    /// <returns>Null when the variable is unset or empty.</returns>
    /// <exception cref="StartRefusedException">It is set to anything else than a number in that range.</exception>
    public static int? Read(Func<string, string?> environment, string variable, string unit, int least, int greatest) => environment(variable) switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= greatest => number,
        var text => throw new StartRefusedException($"{variable} is '{text}'; it must be a whole number of {unit}, {least} to {greatest}."),
    };
}
