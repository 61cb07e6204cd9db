namespace KtpGrpc.Agent.Enrolment;

/// <summary>How the recording of one citizen ended.</summary>
internal abstract record RecordOutcome
{
    private RecordOutcome()
    {
    }

    /// <summary>Sealed, on the disk, waiting for its upload.</summary>
    /// <param name="Sha256">Of the sealed bytes, 64 lower-case hexadecimal digits.</param>
    public sealed record Saved(PacketId Packet, string Sha256) : RecordOutcome;

    /// <param name="Device">Kind and serial of the device that failed three times.</param>
    public sealed record Failed(string Device, string Code) : RecordOutcome;

    /// <summary>The station's share of the disk is full: the citizen must come again.</summary>
    public sealed record Full : RecordOutcome;
}
