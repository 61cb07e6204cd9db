namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// Whom a packet is about. NIK and name are written inside the seal and, for the offer, into a note beside the packet that
/// goes with it; they never show themselves in a log.
/// </summary>
/// <param name="Name">As on the civil register, 1 to 200 characters; the server has the same rule.</param>
internal sealed record Citizen(Nik Nik, string Name)
{
    public const int LongestName = 200;

    public string Name { get; } = !string.IsNullOrWhiteSpace(Name) && Name.Length <= LongestName && !Name.Contains('\0')
        ? Name
        : throw new ArgumentException($"A citizen's name has 1 to {LongestName} characters.", nameof(Name));

    /// <summary>Where he lives, where the operator asked; in the station's regency.</summary>
    public VillageCode? Village { get; init; }

    public override string ToString() => "(citizen)";
}
