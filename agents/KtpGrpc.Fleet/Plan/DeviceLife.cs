using Ktp.Health.V1;

namespace KtpGrpc.Fleet.Plan;

/// <summary>
/// One life in one place of a kit: from its start until a technician renewed what stood there. A desk as such has a place of its own, of
/// the kind station.
/// </summary>
/// <param name="Number">From 0; each renewal begins the next.</param>
/// <param name="Serial">The desk's is its station's id.</param>
/// <param name="RenewedAt">Null for the last one.</param>
internal sealed record DeviceLife(string StationId, DeviceKind Kind, int Number, string Serial, DateTimeOffset From, DeviceFate Fate, DateTimeOffset? RenewedAt = null)
{
    /// <summary>Null where it was renewed before it died, or has not died.</summary>
    public DateTimeOffset? DiedAt => Fate.DiesAt is { } dies && !(dies >= RenewedAt) ? dies : null;

    /// <summary>It was worn, and was renewed before it died.</summary>
    public bool IsSaved => DiedAt is null && RenewedAt is { } renewed && Fate.IsForeseeable && Fate.IsSick(renewed);

    public bool Holds(DateTimeOffset now) => From <= now && !(now >= RenewedAt);

    public bool IsDead(DateTimeOffset now) => Holds(now) && Fate.IsDead(now);
}
