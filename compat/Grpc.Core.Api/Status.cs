namespace Grpc.Core;

/// <summary>The outcome of a call: a code, a text for the peer, and on the client the local cause.</summary>
public readonly struct Status
{
    /// <summary>Success, with an empty detail.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancellation, with an empty detail.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>Creates a status from a code and a text.</summary>
    public Status(StatusCode statusCode, string detail) : this(statusCode, detail, null)
    {
    }

    /// <summary>Creates a status that also carries a local cause, which never travels over the wire.</summary>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    /// <summary>The result code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The text that the peer may read.</summary>
    public string Detail { get; }

    /// <summary>The local cause, for debugging only.</summary>
    public Exception? DebugException { get; }

    /// <inheritdoc />
    public override string ToString()
    {
        var cause = DebugException is null ? "" : $", DebugException=\"{DebugException}\"";
        return $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\"{cause})";
    }
}
