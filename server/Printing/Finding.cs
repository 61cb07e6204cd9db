namespace KtpGrpc.Server.Printing;

/// <summary>What a person found who looked for the card of an unknown attempt; numbered like the wire's enum.</summary>
internal enum Finding
{
    Printed = 1,
    PrintFailed = 2,
    EncodeFailed = 3,
    FeedFailed = 4,
    NotFed = 5,

    /// <summary>Neither card nor blank, anywhere.</summary>
    NoCard = 6,
}

/// <summary>What findings mean for an attempt.</summary>
internal static class Findings
{
    public static FailureClass? FailureClass(this Finding finding) => finding switch
    {
        Finding.PrintFailed => Printing.FailureClass.Print,
        Finding.EncodeFailed => Printing.FailureClass.Encode,
        Finding.FeedFailed => Printing.FailureClass.Feed,
        _ => null,
    };

    /// <param name="next">What comes next for the job: a good card of one that was to be cancelled is spoiled.</param>
    public static AttemptState AsState(this Finding finding, JobState next) => finding switch
    {
        Finding.Printed => next == JobState.Cancelled ? AttemptState.Rejected : AttemptState.Printed,
        Finding.NotFed => AttemptState.NotFed,
        Finding.NoCard => AttemptState.Missing,
        _ => AttemptState.Failed,
    };
}
