namespace KtpGrpc.Agent.Enrolment;

/// <summary>Whom a packet is about. It is written only inside the seal and never shows itself in a log.</summary>
/// <param name="Name">As on the civil register, at most 200 characters.</param>
internal sealed record Citizen(Nik Nik, string Name)
{
    public const int LongestName = 200;

    public override string ToString() => "(citizen)";
}
