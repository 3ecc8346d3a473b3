using System.Text;
using JobForge.Contracts.Ids;

namespace JobForge.Silo.Hosting;

/// <summary>
/// The installation's secrets: from the environment, or, in development only, generated once into a file that only its owner can read.
/// </summary>
public sealed class Secrets(SiloOptions options, RandomSource random)
{
    public const string PolicyTokenVariable = "JOBFORGE_POLICY_TOKEN_SECRET";
    public const string PepperVariable = "JOBFORGE_KEY_PEPPER";

    /// <summary>Text of the policy key ring.</summary>
    public string PolicyTokenSecret() => Read(PolicyTokenVariable, "policy-token.secret");

    /// <summary>Under which API keys are hashed. Changing it makes every key unknown.</summary>
    public byte[] KeyPepper() => Encoding.UTF8.GetBytes(Read(PepperVariable, "api-key.pepper"));

    /// <exception cref="StartRefusedException">In production, when the variable is not set.</exception>
    private string Read(string variable, string file)
    {
        if (options.Environment(variable) is { Length: > 0 } given)
        {
            return given.Length >= 16 || !options.Production
                ? given
                : throw new StartRefusedException($"{variable} is shorter than 16 characters.");
        }

        if (options.Production)
        {
            throw new StartRefusedException($"{variable} is not set. Production makes no secrets of its own: set it and start again.");
        }

        var path = Path.Combine(options.DataPath, file);
        return File.Exists(path) ? File.ReadAllText(path) : Generate(path, variable);
    }

    private string Generate(string path, string variable)
    {
        Span<byte> bytes = stackalloc byte[32];
        random.Fill(bytes);
        var secret = Convert.ToHexStringLower(bytes);
        Directory.CreateDirectory(options.DataPath);
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(path, file))
        {
            stream.Write(Encoding.UTF8.GetBytes(secret));
        }

        Console.WriteLine($"{variable} is not set: made a development secret in {path}.");
        return secret;
    }
}

/// <summary>The process cannot start as configured; the message says what to change.</summary>
public sealed class StartRefusedException(string message) : Exception(message);
