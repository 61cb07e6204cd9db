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

    // What the tables have of it; it fades along, so that the rest was learned here since they were read.
    private double _savedFailed;
    private double _savedAttempts;
    private double _fadedSinceTaken = 1;

    public ModelBaseline(double statedRate) : this(statedRate * PriorAttempts, PriorAttempts)
    {
    }

    public ModelBaseline(double failed, double attempts)
    {
        (_failed, _attempts) = (_savedFailed, _savedAttempts) = (failed, attempts);
        _rate = Math.Clamp(failed / attempts, LeastRate, MostRate);
    }

    public double Rate => Volatile.Read(ref _rate);

    /// <summary>Whether something was learned since the last <see cref="Take"/>.</summary>
    public bool Changed { get; private set; }

    public void Learn(double failed, double attempts)
    {
        lock (_lock)
        {
            var keep = Math.Min(1, Most / (_attempts + attempts));
            (_savedFailed, _savedAttempts, _fadedSinceTaken) = (_savedFailed * keep, _savedAttempts * keep, _fadedSinceTaken * keep);
            Set((_failed + failed) * keep, (_attempts + attempts) * keep);
            Changed = true;
        }
    }

    /// <summary>What is known now, and what of it was learned here since the tables were read.</summary>
    public LearnedRatio Take()
    {
        lock (_lock)
        {
            (Changed, _fadedSinceTaken) = (false, 1);
            return new LearnedRatio(_failed, _attempts, Math.Max(0, _failed - _savedFailed), Math.Max(0, _attempts - _savedAttempts));
        }
    }

    /// <summary>Takes over what the tables have by now; what was learned since it was taken stays beside it.</summary>
    public void Adopt((double Failed, double Attempts) merged, LearnedRatio taken)
    {
        lock (_lock)
        {
            Set(Math.Max(0, _failed + _fadedSinceTaken * (merged.Failed - taken.Failed)), Math.Max(1, _attempts + _fadedSinceTaken * (merged.Attempts - taken.Attempts)));
            (_savedFailed, _savedAttempts) = (_fadedSinceTaken * merged.Failed, _fadedSinceTaken * merged.Attempts);
        }
    }

    /// <summary>What a row has, and what was learned here; a row without attempts has nothing.</summary>
    public static (double Failed, double Attempts) Merge((double Failed, double Attempts) row, LearnedRatio learned)
    {
        if (row.Attempts <= 0)
        {
            return (learned.Failed, learned.Attempts);
        }

        var (failed, attempts) = (row.Failed + learned.LearnedFailed, row.Attempts + learned.LearnedAttempts);
        var keep = Math.Min(1, Most / attempts);
        return (failed * keep, attempts * keep);
    }

    private void Set(double failed, double attempts)
    {
        (_failed, _attempts) = (failed, attempts);
        Volatile.Write(ref _rate, Math.Clamp(failed / attempts, LeastRate, MostRate));
    }
}

/// <summary>A model's share of failures as one server has it, and what of it that server has learned since it knew what the tables have.</summary>
internal readonly record struct LearnedRatio(double Failed, double Attempts, double LearnedFailed, double LearnedAttempts);
