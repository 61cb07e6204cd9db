namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// How long what is used up lasts: a level from 1 to 0, and its pace a day over the last weeks. One wild day moves the pace by
/// little, a level that jumps up was filled again, and what is no level says and teaches nothing. 24 bytes.
/// </summary>
internal struct Wear
{
    /// <summary>A level that rises by more was filled: less is what a gauge wavers by.</summary>
    private const float Refill = 0.1f;

    /// <summary>Days before a pace is one, and days of which it is the mean.</summary>
    private const int LeastDays = 5;
    private const int MostDays = 14;

    /// <summary>A day counts for no more than so many usual ones, of at least one in a hundred.</summary>
    private const float MostUsual = 3;
    private const float LeastPace = 0.01f;

    /// <summary>A longer absence is another life, or a clock that jumped.</summary>
    private const int MostAway = 31;

    private float _level;

    /// <summary>The level at the day's start or at its last filling, and what was used before that filling.</summary>
    private float _from;
    private float _used;

    private float _pace;
    private int _day;
    private byte _days;
    private bool _known;

    public readonly double Level => _level;

    /// <summary>Used up a day; 0 where it is not known yet, or does not fall.</summary>
    public readonly double Pace => _days >= LeastDays ? Math.Max(0, _pace) : 0;

    /// <summary>At the pace of the last weeks; without end where nothing is used.</summary>
    public readonly double DaysLeft => Pace > 0 ? _level / Pace : double.PositiveInfinity;

    public void Take(double level, int day)
    {
        if (!(level is >= 0 and <= 1))
        {
            return;
        }

        var now = (float)level;
        if (!_known || day < _day || day - (long)_day > MostAway)
        {
            (_known, _level, _from, _used, _day) = (true, now, now, 0, day);
            return;
        }

        if (day > _day)
        {
            Turn(day);
        }

        if (now > _level + Refill)
        {
            _used += _from - _level;
            _from = now;
        }

        _level = now;
    }

    public readonly void Write(BinaryWriter to)
    {
        to.Write(_known);
        to.Write(_level);
        to.Write(_from);
        to.Write(_used);
        to.Write(_pace);
        to.Write(_day);
        to.Write(_days);
    }

    public static Wear Read(BinaryReader from) => new()
    {
        _known = from.ReadBoolean(),
        _level = from.ReadSingle(),
        _from = from.ReadSingle(),
        _used = from.ReadSingle(),
        _pace = from.ReadSingle(),
        _day = from.ReadInt32(),
        _days = from.ReadByte(),
    };

    /// <summary>Days on which nobody looked used nothing: what came in them is seen with the next sample, as one wild day.</summary>
    private void Turn(int day)
    {
        Learn(_used + _from - _level);
        for (var closed = _day + 1; closed < day; closed++)
        {
            Learn(0);
        }

        (_from, _used, _day) = (_level, 0, day);
    }

    private void Learn(float used)
    {
        _days = (byte)Math.Min(_days + 1, MostDays);
        var most = MostUsual * Math.Max(Math.Abs(_pace), LeastPace);
        _pace += ((_days < LeastDays ? used : Math.Clamp(used, -most, most)) - _pace) / _days;
    }
}
