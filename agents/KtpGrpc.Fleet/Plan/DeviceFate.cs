namespace KtpGrpc.Fleet.Plan;

/// <summary>How a device fares: well, worn from a moment on, dead from another.</summary>
internal sealed record DeviceFate(DateTimeOffset? WearFrom = null, DateTimeOffset? DiesAt = null, double PeakRatio = 0, string Code = "")
{
    /// <summary>Share of captures that fail on a well device.</summary>
    public const double Usual = 0.02;

    public static readonly DeviceFate Well = new();

    public bool IsDead(DateTimeOffset now) => now >= DiesAt;

    /// <summary>Worn or dead: whoever says so is right.</summary>
    public bool IsSick(DateTimeOffset now) => now >= (WearFrom ?? DiesAt);

    public double FailureRatio(DateTimeOffset now)
    {
        if (IsDead(now))
        {
            return 1;
        }

        return WearFrom is { } from && DiesAt is { } dies && now > from
            ? Usual + ((PeakRatio - Usual) * ((now - from) / (dies - from)))
            : Usual;
    }
}
