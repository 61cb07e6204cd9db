using System.CommandLine;

namespace KtpGrpc.Ctl;

/// <summary>Options that stand before or after any command; most may stand in the environment.</summary>
internal sealed class GlobalOptions(Func<string, string?> environment)
{
    public Option<string?> Server { get; } = Of(environment, "--server", "KTP_SERVER", "The server's control endpoint. Default: https://127.0.0.1:5443.");

    public Option<string?> Authority { get; } = Of(environment, "--authority", "KTP_AUTHORITY", "File with the certificate of the server's CA (PEM).");

    public Option<string?> Operator { get; } = Of(environment, "--operator", "KTP_OPERATOR", "Your name.");

    public Option<string?> SecretFile { get; } = Of(environment, "--secret-file", "KTP_SECRET_FILE", "File with your secret; only you may read it.");

    public Option<string?> Data { get; } = new("--data")
    {
        Description = "On the server's own machine: its data folder, for the CA and the first admin's secret.",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON.", Recursive = true };

    public Option<string?> RequestId { get; } = new("--request-id")
    {
        Description = "Makes a change safe to repeat: the same id is answered from the first time. Default: a new one.",
        Recursive = true,
    };

    public IEnumerable<Option> All => [Server, Authority, Operator, SecretFile, Data, Json, RequestId];

    private static Option<string?> Of(Func<string, string?> environment, string name, string variable, string description) => new(name)
    {
        Description = $"{description} [{variable}]",
        Recursive = true,
        DefaultValueFactory = _ => environment(variable) is { Length: > 0 } value ? value : null,
    };
}
