using System.Security.Cryptography;
using System.Text;

namespace KtpGrpc.Server.Printing;

/// <summary>How a station says that an attempt ended.</summary>
internal enum ReportedOutcome
{
    Printed = 1,
    PrintFailed = 2,
    EncodeFailed = 3,
    FeedFailed = 4,
    NotFed = 5,
    Lost = 6,
}

/// <summary>What a station reports of one attempt.</summary>
internal sealed record Report(long Epoch, string PrinterSerial, ulong PickedAfter, ReportedOutcome Outcome, string Code, string ChipUid)
{
    /// <summary>The same for the same report, and for no other.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', Epoch, PrinterSerial, PickedAfter, Outcome, Code, ChipUid))));

    public FailureClass FailureClass => Outcome switch
    {
        ReportedOutcome.PrintFailed => FailureClass.Print,
        ReportedOutcome.EncodeFailed => FailureClass.Encode,
        ReportedOutcome.FeedFailed => FailureClass.Feed,
        ReportedOutcome.NotFed => FailureClass.NotFed,
        _ => throw new InvalidOperationException($"{Outcome} is no failure."),
    };
}
