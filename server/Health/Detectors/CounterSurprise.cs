namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// One counter of one device: how rare, among the device-days of its model, is what it shows. 32 bytes. Trouble speaks within
/// the day, since a sum so far is never above that of the whole day; use that stands still is told when the day is over. A
/// counter that begins again, a clock that jumps and days away are no increments.
/// </summary>
internal struct CounterSurprise
{
    /// <summary>What a day before counts for today in the sum of increments; half is gone in four days.</summary>
    public const double Keep = 0.85;

    /// <summary>The same in the question whether the counter moves at all at present.</summary>
    private const double KeepActive = 0.8;

    /// <summary>Use that stands still weighs more than one more failure: replayed at 1, 1.5 and 2 (docs/detection.md).</summary>
    public const double UseWeight = 1.5;

    /// <summary>As −log10: fewer than on nine days of ten is still no news.</summary>
    private const double LeastOfUse = 1;

    private ulong _total;
    private int _day;
    private float _sum;
    private float _today;
    private float _active;
    private float _surprise;
    private bool _known;
    private bool _closed;

    /// <summary>The octaves that were judged last: within them nothing is news, and the tails need not be added up again.</summary>
    private byte _sumOctave;
    private byte _totalOctave;

    public readonly double Surprise => _surprise;

    public readonly double Today => _today;

    public readonly double Sum => _sum;

    /// <summary>Takes the counter as it stands at a sample of a day, numbered by the domain's clock.</summary>
    public void Take(ulong total, int day, SurpriseBaseline usual)
    {
        if (!_known)
        {
            // The first day is seen in part: it teaches nothing.
            (_known, _closed, _total, _day) = (true, true, total, day);
            return;
        }

        var days = day == _day ? 0 : Turn(day, usual);
        var increment = total > _total ? total - _total : 0.0;
        if (total < _total)
        {
            // It began again, and nobody knows what is missing of the day.
            _closed = true;
            _surprise = usual.Sort == CounterSort.Use ? 0 : _surprise;
        }

        _total = total;
        var moves = increment > 0 && _today == 0;
        if (increment > 0)
        {
            Add(increment, Math.Max(days, 1));
        }

        if (usual.Sort == CounterSort.Trouble && (increment > 0 || days > 0))
        {
            var (sumOctave, totalOctave) = usual.Octaves(_sum, _total);
            if (moves || days > 0 || sumOctave != _sumOctave || totalOctave != _totalOctave)
            {
                (_sumOctave, _totalOctave) = (sumOctave, totalOctave);
                _surprise = (float)OfTrouble(usual);
            }
        }
    }

    /// <summary>The day is over: it is judged as a whole, and then teaches what is usual. The second time it does nothing.</summary>
    public void Close(SurpriseBaseline usual)
    {
        if (_closed || !_known)
        {
            return;
        }

        _closed = true;
        _surprise = (float)(usual.Sort == CounterSort.Trouble ? OfTrouble(usual) : OfUse(usual));
        usual.Learn(_sum, _total, _today, _day);
    }

    public readonly void Write(BinaryWriter to)
    {
        to.Write(_known);
        to.Write(_closed);
        to.Write(_total);
        to.Write(_day);
        to.Write(_sum);
        to.Write(_today);
        to.Write(_active);
        to.Write(_surprise);
    }

    public static CounterSurprise Read(BinaryReader from) => new()
    {
        _known = from.ReadBoolean(),
        _closed = from.ReadBoolean(),
        _total = from.ReadUInt64(),
        _day = from.ReadInt32(),
        _sum = from.ReadSingle(),
        _today = from.ReadSingle(),
        _active = from.ReadSingle(),
        _surprise = from.ReadSingle(),
        _sumOctave = byte.MaxValue,
    };

    /// <summary>Begins another day; how many have passed. A clock that was set back makes none pass.</summary>
    private int Turn(int day, SurpriseBaseline usual)
    {
        Close(usual);
        var days = (int)Math.Clamp((long)day - _day, 0, int.MaxValue);
        (_day, _today, _closed) = (day, 0, false);
        _sum *= (float)Math.Pow(Keep, days);
        _active *= (float)Math.Pow(KeepActive, days);
        return days;
    }

    /// <summary>What came while nobody looked is spread evenly over the days: a kit that was away with its work is as it was before.</summary>
    private void Add(double increment, int days)
    {
        var daily = increment / days;
        _sum += (float)(days == 1 ? increment : daily * (1 - Math.Pow(Keep, days)) / (1 - Keep));
        _active += _today == 0 ? 1 : 0;
        _today += (float)daily;
    }

    /// <summary>A high total speaks only while the counter moves: a device that has long lived with it is no news.</summary>
    private readonly double OfTrouble(SurpriseBaseline usual)
    {
        var moving = Math.Min(1, _active);
        return usual.OfSum(_sum, _day) + (moving > 0.01 ? moving * usual.OfTotal(_total, _day) : 0);
    }

    private readonly double OfUse(SurpriseBaseline usual) =>
        usual.OfDay(_today, _day) is >= LeastOfUse and var rarity ? UseWeight * rarity : 0;
}
