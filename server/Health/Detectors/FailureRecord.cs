namespace KtpGrpc.Server.Health.Detectors;

/// <summary>How often the devices of a model have failed, against their kind: what is rare means more on a model that fails.</summary>
/// <param name="kind">The record of all models of the kind, which is taught along; null for the kind's own.</param>
internal sealed class FailureRecord(FailureRecord? kind)
{
    /// <summary>Failures as expected that a new model starts with.</summary>
    private const double Stated = 0.3;

    /// <summary>However good a record is, what is rare enough must still be heard.</summary>
    private const double BestRatio = 0.2;

    private readonly Lock _lock = new();

    public double Failures { get; private set; }

    public double Days { get; private set; }

    /// <summary>1 for a model that fails as often as its kind, 20 for one that fails twenty times as often.</summary>
    public double Ratio => kind is { Days: > 0 } ? Math.Max(BestRatio, (Failures + Stated) / (Days * kind.Failures / kind.Days + Stated)) : 1;

    public void TakeDay() => Take(0, 1);

    public void TakeFailure() => Take(1, 0);

    public void Take(double failures, double days)
    {
        kind?.Take(failures, days);
        lock (_lock)
        {
            Failures += failures;
            Days += days;
        }
    }
}
