using System.Diagnostics;

namespace KtpGrpc.Agent.Tests.Enrolment;

/// <summary>The openssl program, as the centre would use it. Where it is missing, the test fails.</summary>
internal static class OpenSsl
{
    /// <returns>The exit code and what was written to the error stream.</returns>
    public static (int Code, string Errors) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
