namespace KtpGrpc.Server.Printing;

/// <summary>
/// What becomes of an unknown attempt by a person who looked. A card that was found must be this attempt's, by its serial and by
/// the chip that was reported, if one was. That nothing was found takes two.
/// </summary>
internal static class Resolving
{
    /// <param name="blankSerial">The serial on what was found; 0 where nothing was.</param>
    /// <param name="person">Who looked.</param>
    public static Decision Resolve(Job job, Attempt? attempt, long epoch, Finding finding, string chipUid, long blankSerial, string person, DateTimeOffset now)
    {
        if (attempt is null || job.Epoch != epoch || attempt.State != AttemptState.Unknown)
        {
            return NotNow($"Attempt {epoch} of the job is not unknown: the job is {job.StateWord}, its epoch {job.Epoch}. "
                + (job.State == JobState.Unknown ? $"Resolve attempt {job.Epoch}." : "Nothing is left to find."));
        }

        if (finding == Finding.NoCard)
        {
            return attempt.MissingBy switch
            {
                null => new Decision.Accept(new NoCardFound(job.Id.Value, job.Region.Value, attempt.Station.Value, epoch, attempt.BlankSerial, person)),
                var first when first == person => new Decision.AsBefore(job.State),
                _ => Accept(job, attempt, finding, "", now),
            };
        }

        if (blankSerial != attempt.BlankSerial)
        {
            return NotNow($"The attempt has blank {attempt.BlankSerial}, and {blankSerial} was found: that is another one's. Look for {attempt.BlankSerial}, or read the serial again.");
        }

        if (!attempt.BlankBound && finding != Finding.NotFed)
        {
            return NotNow($"Blank {blankSerial} was given to another attempt since: what was found cannot be this one's.");
        }

        return finding == Finding.Printed && !string.IsNullOrEmpty(attempt.ChipUid) && attempt.ChipUid != chipUid
            ? NotNow("The chip is not the one that was reported: read it again.")
            : Accept(job, attempt, finding, chipUid, now);
    }

    private static Decision.Accept Accept(Job job, Attempt attempt, Finding finding, string chipUid, DateTimeOffset now)
    {
        var next = finding.FailureClass() is { } failure
            ? FailurePolicy.After(job, failure, PrinterFault.None)
            : new FailurePolicy.Next(
                job.CancelReason is not null ? JobState.Cancelled : finding == Finding.Printed ? JobState.Printed : JobState.Ready, job.CancelReason ?? "", null);
        return new Decision.Accept(new AttemptResolved(
            job.Id.Value, job.Region.Value, attempt.Station.Value, attempt.Epoch, attempt.BlankSerial, finding, chipUid, next.State, next.Reason,
            next.AvoidFor is { } span ? now + span : null));
    }

    private static Decision.Reject NotNow(string message) => new(Rejection.NotNow, message);
}
