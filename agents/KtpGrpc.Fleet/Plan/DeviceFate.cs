using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>How a device fares: well, worn from a moment on, dead from another.</summary>
internal sealed record DeviceFate(DateTimeOffset? WearFrom = null, DateTimeOffset? DiesAt = null, double PeakRatio = 0, string Code = "")
{
    /// <summary>Share of captures that fail on a well device.</summary>
    public const double Usual = 0.02;

    public static readonly DeviceFate Well = new();

    /// <summary>Share of captures that fail on this one while it is well.</summary>
    public double UsualRatio { get; init; } = Usual;

    /// <summary>What it dies of.</summary>
    public FaultCause Cause { get; init; }

    /// <summary>Whether there is a sign before the death, by which it could have been foreseen.</summary>
    public bool IsForeseeable => Cause == FaultCause.Wear && WearFrom is not null;

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
            ? UsualRatio + ((PeakRatio - UsualRatio) * ((now - from) / (dies - from)))
            : UsualRatio;
    }
}
