namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// The usual share of failed attempts of a model, learned from all of its devices that look well. It begins with a stated
/// share, never leaves plausible bounds, and forgets slowly, so that neither a few sick devices nor a long decline moves it.
/// </summary>
internal sealed class ModelBaseline
{
    /// <summary>Attempts that the stated share counts for.</summary>
    public const double PriorAttempts = 1000;

    private const double Most = 20_000;
    private const double LeastRate = 0.01;
    private const double MostRate = 0.10;

    private readonly Lock _lock = new();
    private double _failed;
    private double _attempts;
    private double _rate;

    public ModelBaseline(double statedRate) : this(statedRate * PriorAttempts, PriorAttempts)
    {
    }

    public ModelBaseline(double failed, double attempts)
    {
        (_failed, _attempts) = (failed, attempts);
        _rate = Math.Clamp(failed / attempts, LeastRate, MostRate);
    }

    public double Rate => Volatile.Read(ref _rate);

    /// <summary>Whether something was learned since the last <see cref="Read"/>.</summary>
    public bool Changed { get; private set; }

    public void Learn(double failed, double attempts)
    {
        lock (_lock)
        {
            var keep = Math.Min(1, Most / (_attempts + attempts));
            _failed = (_failed + failed) * keep;
            _attempts = (_attempts + attempts) * keep;
            Volatile.Write(ref _rate, Math.Clamp(_failed / _attempts, LeastRate, MostRate));
            Changed = true;
        }
    }

    public (double Failed, double Attempts) Read()
    {
        lock (_lock)
        {
            Changed = false;
            return (_failed, _attempts);
        }
    }
}
