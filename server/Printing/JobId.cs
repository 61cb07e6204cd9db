namespace KtpGrpc.Server.Printing;

/// <summary>Names a job: random behind the moment it was enqueued, so that ids sort by age and cannot be guessed.</summary>
internal readonly record struct JobId
{
    private JobId(string value) => Value = value;

    public string Value { get; }

    public static JobId New(DateTimeOffset now) => new(Guid.CreateVersion7(now).ToString("N"));

    /// <summary>Refuses with INVALID_ARGUMENT what is not a job id.</summary>
    public static JobId Require(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower)
        ? new JobId(text)
        : throw Rpc.Refuse.Invalid($"'{Rpc.Require.Shown(text)}' is not a job id: expected the 32 characters that EnqueueJob or LeaseJobs gave.");

    /// <summary>An id that comes from our own tables.</summary>
    public static JobId Trusted(string text) => new(text);

    public override string ToString() => Value;
}
