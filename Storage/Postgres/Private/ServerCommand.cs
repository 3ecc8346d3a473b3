using System.Diagnostics;

namespace JobForge.Storage.Postgres.Private;

/// <summary>Runs one of PostgreSQL's programs to its end.</summary>
internal static class ServerCommand
{
    /// <returns>The exit code and what it printed, both streams.</returns>
    /// <exception cref="OperationCanceledException">The program was ended because the caller gave up.</exception>
    public static async Task<(int Code, string Output)> RunAsync(ServerAccount account, string folder, string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using var process = Start(account, folder, program, arguments, keepInput: false);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, $"{await output}{await errors}".Trim());
    }

    /// <exception cref="InvalidOperationException">It answered with a failure; the message holds what it printed.</exception>
    public static async Task RequireAsync(ServerAccount account, string folder, string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var (code, output) = await RunAsync(account, folder, program, arguments, cancel);
        if (code != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(program)} failed ({code}): {output}");
        }
    }

    /// <summary>Starts a program under the account, its working folder one that the account may enter.</summary>
    public static Process Start(ServerAccount account, string folder, string program, IReadOnlyList<string> arguments, bool keepInput)
    {
        var command = account.Launch(program, arguments);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = keepInput,
            RedirectStandardOutput = !keepInput,
            RedirectStandardError = !keepInput,
        };
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }
}
