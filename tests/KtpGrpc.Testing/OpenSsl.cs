using System.Diagnostics;

namespace KtpGrpc.Testing;

/// <summary>The openssl program, as the centre would use it. Where it is missing, the test fails.</summary>
public static class OpenSsl
{
    /// <returns>The exit code and what was written to the error stream.</returns>
    public static (int Code, string Errors) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }

    public static void Succeed(params string[] arguments)
    {
        if (Run(arguments) is { Code: not 0 } failed)
        {
            throw new InvalidOperationException($"openssl {arguments[0]} ended with {failed.Code}: {failed.Errors}");
        }
    }
}
