namespace KtpGrpc.Agent.Enrolment;

/// <summary>What a look at a biometric record found. A reason names sizes and counts, never a byte of the image.</summary>
internal abstract record IsoRecordOutcome
{
    private IsoRecordOutcome()
    {
    }

    /// <param name="Kind">Face, finger or iris.</param>
    /// <param name="Position">Finger 1 (right thumb) to 10 (left little), iris 1 (right) or 2 (left), face 0.</param>
    public sealed record Accepted(RecordKind Kind, int Position) : IsoRecordOutcome;

    public sealed record Refused(string Reason) : IsoRecordOutcome;
}
