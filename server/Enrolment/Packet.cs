using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Enrolment;

/// <summary>What a station says of a sealed packet before it sends it, and what a packet keeps for ever.</summary>
/// <param name="Sha256">Of the sealed bytes, 32 bytes.</param>
/// <param name="Length">1 to <see cref="Offering.MostBytes"/>.</param>
/// <param name="CapturedAt">By the station's clock, which may be wrong: kept, not judged.</param>
internal sealed record PacketSeal(PacketId Id, StationId Station, byte[] Sha256, long Length, DateTimeOffset CapturedAt)
{
    /// <summary>Where the citizen lives, where the station tells it; in its own regency.</summary>
    public RegionCode? Village { get; init; }

    /// <summary>From the start of the capture to the seal, 1 to <see cref="Offering.MostCaptureSeconds"/>, where the station measured it.</summary>
    public long? CaptureSeconds { get; init; }

    public RegionCode Region => Station.Region;

    public bool IsSameAs(PacketSeal other) =>
        Id == other.Id && Station == other.Station && Length == other.Length && Sha256.AsSpan().SequenceEqual(other.Sha256);
}

/// <summary>A packet that was announced and is not here yet.</summary>
/// <param name="File">Where it will lie, below the folder of packets.</param>
internal sealed record PacketOffer(PacketSeal Seal, ProtectedCitizen Citizen, string File, DateTimeOffset OfferedAt);

/// <summary>A packet that is on the disk.</summary>
/// <param name="Signature">Of its receipt, by the key the server had then.</param>
internal sealed record Packet(PacketSeal Seal, DateTimeOffset ReceivedAt, byte[] Signature);
