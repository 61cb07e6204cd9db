using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Grpc.Core;

namespace KtpGrpc.Agent.Session;

/// <summary>What went wrong in a way that waiting may cure: the server, the wire, a file.</summary>
/// <param name="Code">What the server or the wire said; null where the fault is the kiosk's own.</param>
/// <param name="ReconnectAfter">When the server wants the station back; null where it did not say.</param>
internal sealed record Trouble(StatusCode? Code, string Reason, TimeSpan? ReconnectAfter = null)
{
    /// <summary>Null for a fault of the program, which no waiting cures.</summary>
    public static Trouble? Of(Exception fault) => fault switch
    {
        RpcException refusal => new Trouble(CodeOf(refusal), refusal.Status.Detail, SessionClient.ReconnectAfterOf(refusal)),
        SessionEndedException { End: var end } => new Trouble(end.Code, end.Reason, end.ReconnectAfter),

        // The link was closed by the session while a print or an upload used it.
        ObjectDisposedException => new Trouble(StatusCode.Unavailable, "The link was closed."),
        IOException or InvalidDataException or UnauthorizedAccessException or SocketException or JsonException or CryptographicException =>
            new Trouble(null, $"{fault.GetType().Name}: {fault.Message}"),
        _ => null,
    };

    /// <summary>A wire that breaks is shown as INTERNAL or UNKNOWN, too; only without a local cause has the server said so.</summary>
    public static StatusCode CodeOf(RpcException fault) =>
        fault is { StatusCode: StatusCode.Internal or StatusCode.Unknown, Status.DebugException: not null } ? StatusCode.Unavailable : fault.StatusCode;

    public override string ToString() => Code is { } code ? $"{code}: {Reason}" : Reason;
}
