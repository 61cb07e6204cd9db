namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// How strange a device is among those of its model, over all of its counters: the sum of their surprises, more where the
/// model is known to fail, less by what this device shows anyway. Guarded by its owner; allocates nothing per sample.
/// </summary>
/// <param name="usual">The model's baselines, in the order in which the counters are taken.</param>
internal sealed class DeviceSurprise(SurpriseBaseline[] usual, FailureRecord record)
{
    /// <summary>What a tenfold failing model adds, in the same units: replayed at 0, 1, 1.5, 2 and 3.</summary>
    private const double RecordWeight = 3;

    /// <summary>How much of its own usual score is no news, and how much of that a day keeps (half is gone in two weeks).</summary>
    private const double OwnShare = 0.6;
    private const double KeepOwn = 0.95;

    private readonly CounterSurprise[] _counters = new CounterSurprise[usual.Length];
    private int _day = int.MinValue;
    private int _ownDay = int.MinValue;
    private double _own;

    /// <summary>0 and more; what is to be watched and what to be acted on is said by <see cref="Hysteresis"/>.</summary>
    public double Score { get; private set; }

    /// <summary>The counter that says most of it; the first where none says anything.</summary>
    public int Loudest
    {
        get
        {
            var loudest = 0;
            for (var i = 1; i < _counters.Length; i++)
            {
                loudest = _counters[i].Surprise > _counters[loudest].Surprise ? i : loudest;
            }

            return loudest;
        }
    }

    public CounterSurprise this[int counter] => _counters[counter];

    public void Take(int counter, ulong total, int day)
    {
        if (day != _day)
        {
            Close();
            _day = day;
        }

        var before = _counters[counter].Surprise;
        _counters[counter].Take(total, day, usual[counter]);
        if (_counters[counter].Surprise != before)
        {
            Score = Math.Max(0, Raw() - OwnShare * _own);
        }
    }

    /// <summary>
    /// The day is over for this device, which was heard in it: to be called once when the day turns. The next day's first
    /// sample does it otherwise, and twice is as once.
    /// </summary>
    public void Close()
    {
        if (_day == _ownDay)
        {
            return;
        }

        for (var i = 0; i < _counters.Length; i++)
        {
            _counters[i].Close(usual[i]);
        }

        var raw = Raw();
        Score = Math.Max(0, raw - OwnShare * _own);
        var kept = Math.Pow(KeepOwn, _ownDay == int.MinValue ? 1 : Math.Clamp((long)_day - _ownDay, 1, 1000));
        _own = _own * kept + raw * (1 - kept);
        _ownDay = _day;
        record.TakeDay();
    }

    /// <summary>What speaks for the score, the loudest first.</summary>
    public IEnumerable<SurpriseEvidence> Explain()
    {
        for (var i = 0; i < _counters.Length; i++)
        {
            if (_counters[i].Surprise >= SurpriseEvidence.Least)
            {
                yield return SurpriseEvidence.Of(_counters[i], usual[i], record.Ratio);
            }
        }
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_day);
        to.Write(_ownDay);
        to.Write(_own);
        to.Write(Score);
        to.Write(_counters.Length);
        foreach (var counter in _counters)
        {
            counter.Write(to);
        }
    }

    /// <summary>Counters of a later or earlier version are read past; theirs start anew.</summary>
    public void Read(BinaryReader from)
    {
        (_day, _ownDay, _own, Score) = (from.ReadInt32(), from.ReadInt32(), from.ReadDouble(), from.ReadDouble());
        var count = from.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            var counter = CounterSurprise.Read(from);
            if (i < _counters.Length)
            {
                _counters[i] = counter;
            }
        }
    }

    private double Raw()
    {
        var sum = 0.0;
        for (var i = 0; i < _counters.Length; i++)
        {
            sum += _counters[i].Surprise;
        }

        return sum > 0 ? Math.Max(0, sum + RecordWeight * Math.Log10(record.Ratio)) : 0;
    }
}
