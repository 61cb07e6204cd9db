namespace KtpGrpc.Server.Coverage;

/// <summary>When a citizen was recorded: by the station's clock as long as that can be true, else when the packet came.</summary>
internal static class CaptureMoment
{
    /// <summary>No packet waits longer for its line; a kiosk that says so woke in 1970.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(366);

    public static DateTimeOffset Of(DateTimeOffset? capturedAt, DateTimeOffset receivedAt) =>
        capturedAt is { } told && told <= receivedAt && receivedAt - told <= LongestWait ? told : receivedAt;
}
