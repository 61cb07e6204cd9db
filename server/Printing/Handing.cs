using KtpGrpc.Server.Cards;

namespace KtpGrpc.Server.Printing;

/// <summary>From the printer to the citizen: a person compares the chip with the record, then gives the card away.</summary>
internal static class Handing
{
    public const string Mismatch = "The card is not the one that was ordered.";

    /// <param name="blank">The attempt's blank as the ledger has it.</param>
    /// <param name="recordMatches">Whether the record in the chip is the one that was ordered.</param>
    public static Decision Verify(Job job, Attempt? attempt, Card? blank, string chipUid, long serial, bool recordMatches)
    {
        if (job.State != JobState.Printed || attempt is null)
        {
            return new Decision.Reject(Rejection.NotNow, $"The job is {job.StateWord}: only a printed card is verified. {Cure(job.State)}");
        }

        if (Elsewhere(attempt, blank) is { } elsewhere)
        {
            return elsewhere;
        }

        if (serial != attempt.BlankSerial)
        {
            // Another card in the hand, or a slip of the finger: that spoils nothing.
            return new Decision.Reject(Rejection.NotNow, $"The job's card is {attempt.BlankSerial}, not {serial}: take the right one, or read its serial again.");
        }

        var matches = recordMatches && (string.IsNullOrEmpty(attempt.ChipUid) || attempt.ChipUid == chipUid);
        return new Decision.Accept(matches
            ? new CardVerified(job.Id.Value, job.Region.Value, attempt.Station.Value, attempt.Epoch, attempt.BlankSerial, chipUid)
            : Spoil(job, attempt, blank, JobState.Quarantined, Mismatch));
    }

    public static Decision HandOver(Job job, Attempt? attempt, Card? blank) => job.State != JobState.Verified || attempt is null
        ? new Decision.Reject(Rejection.NotNow, $"The job is {job.StateWord}: only a verified card is handed over. {Cure(job.State)}")
        : Elsewhere(attempt, blank) is { } elsewhere
            ? elsewhere
            : new Decision.Accept(new CardHandedOver(job.Id.Value, job.Region.Value, attempt.Station.Value, attempt.Epoch, attempt.BlankSerial));

    /// <summary>A printed card that nobody is to have; where it has left the station's books it stays where it is.</summary>
    public static CardSpoiled Spoil(Job job, Attempt attempt, Card? blank, JobState next, string reason) => new(
        job.Id.Value, job.Region.Value, attempt.Station.Value, attempt.Epoch, attempt.BlankSerial, next, reason, BlankStays: blank?.State != CardState.Issued);

    /// <summary>What comes first, for an officer who is too early or too late.</summary>
    private static string Cure(JobState state) => state switch
    {
        JobState.Printed => "Verify it first.",
        JobState.Verified => "Hand it over.",
        JobState.Unknown => "Look what became of its attempt, and resolve it first.",
        JobState.Held or JobState.Quarantined => "Release it, to have it printed.",
        JobState.HandedOver or JobState.Cancelled => "Nothing is left to do.",
        _ => "Wait until its card is printed.",
    };

    private static Decision.Reject? Elsewhere(Attempt attempt, Card? blank) => blank?.State == CardState.Issued
        ? null
        : new Decision.Reject(Rejection.NotNow, $"Card {attempt.BlankSerial} was withdrawn: cancel the job.");
}
