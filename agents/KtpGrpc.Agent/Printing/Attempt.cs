using System.Text.Json.Serialization;
using Ktp.Printing.V1;

namespace KtpGrpc.Agent.Printing;

/// <summary>How far an attempt at a card has come on this side.</summary>
internal enum AttemptStep
{
    /// <summary>Start is about to be asked for: nothing was fed.</summary>
    Starting,

    /// <summary>The server said yes: a card may have been fed.</summary>
    Started,

    /// <summary>The printer has ended; the server is to hear of it.</summary>
    Ended,

    /// <summary>The server has heard of it; only the journal's file says so, and for a while.</summary>
    Closed,
}

/// <summary>One try at one card, as the agent's own journal keeps it.</summary>
/// <param name="Report">What the server is to be told, as bytes of the message; empty before the end.</param>
internal sealed record Attempt(string JobId, long Epoch, AttemptStep Step, byte[] Report)
{
    public ReportAttemptRequest ToReport() => ReportAttemptRequest.Parser.ParseFrom(Report);
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(Attempt))]
internal sealed partial class AttemptJson : JsonSerializerContext;
