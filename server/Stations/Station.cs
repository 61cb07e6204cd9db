using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Stations;

/// <summary>Whether a station may speak; numbered like the wire's enum.</summary>
internal enum StationStanding
{
    Active = 1,
    Quarantined = 2,
    Retired = 3,
}

/// <summary>A recording desk with one kit and one agent.</summary>
internal sealed record Station(
    StationId Id, string Name, StationStanding Standing, DateTimeOffset JoinedAt, byte[] PublicKey, DateTimeOffset CertificateNotAfter,
    DateTimeOffset? MaintenanceUntil)
{
    public RegionCode Region => Id.Region;

    public bool InMaintenance(DateTimeOffset now) => MaintenanceUntil > now;
}
