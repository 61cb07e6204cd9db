namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// When a station was heard, and its timetable: nights, weekends and lunch are no failures. The silence that counts is the
/// expected hours of presence since the clock of silence started.
/// </summary>
internal sealed class Presence
{
    /// <summary>Two signs of life this close belong to one presence.</summary>
    private const long Bridge = 90 * Minute;

    private const long Minute = 60_000;
    private const long Hour = Timetable.Hour;
    private const long Week = Timetable.Week * Hour;

    /// <summary>What is expected in the hours after the last word, and before a night is over, is what was left of that day.</summary>
    private const long RestOfDay = 10 * Hour;

    /// <summary>Of the time since the last word, and of so much at least, this share is usually one of presence, or nobody knows better.</summary>
    private const long NextWhile = Hour;
    private const double UsualShare = 0.5;

    private Timetable _timetable = new();
    private long _heard;
    private long _clockFrom;
    private long _learnedTo;
    private long _covered;
    private Heartbeat _beat;

    // Not kept over a restart: the time in which nobody listened is no interval.
    private long _beatAt;

    public Liveness State { get; private set; }

    /// <summary>True once its office was heard again without it: its silence is its own.</summary>
    public bool Alone { get; private set; }

    /// <summary>How its session ended, unless it was heard since; a restart forgets it.</summary>
    public Line Line { get; private set; }

    public Heartbeat Beat => _beat;

    public DateTimeOffset LastHeard => DateTimeOffset.FromUnixTimeMilliseconds(_heard);

    public DateTimeOffset SilentSince => DateTimeOffset.FromUnixTimeMilliseconds(_clockFrom);

    /// <summary>Of a station that was heard before, of whose hours nothing is known any more.</summary>
    public static Presence Anew(Liveness state, DateTimeOffset now)
    {
        var presence = new Presence { State = state };
        (presence._heard, presence._clockFrom) = (now.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        return presence;
    }

    /// <param name="moment">When it spoke.</param>
    /// <param name="isBeat">False for what is said between the beats, which teaches nothing of them.</param>
    public void Heard(DateTimeOffset moment, bool isBeat = true)
    {
        var now = moment.ToUnixTimeMilliseconds();
        if (State != Liveness.NeverHeard && now < _heard)
        {
            return;
        }

        Learn(now);
        if (isBeat)
        {
            _beat.Take(_beatAt == 0 ? double.NaN : (now - _beatAt) / 1000.0);
            _beatAt = now;
        }

        (_heard, _clockFrom, State, Alone, Line) = (now, now, Liveness.Present, false, Line.Open);
    }

    /// <summary>Its session ended, and there is no other.</summary>
    public void Ended(bool farewell) => Line = farewell ? Line.Left : Line.Broken;

    /// <summary>Starts the clock of silence anew: for a while nobody could have heard it. Who was given up before stays so.</summary>
    public void RestartClock(DateTimeOffset now, bool alone = false)
    {
        _learnedTo = 0;
        if (State != Liveness.PresumedDead)
        {
            _clockFrom = Math.Max(_clockFrom, now.ToUnixTimeMilliseconds());
            Alone |= alone;
        }
    }

    /// <summary>A verdict on the silence that began when this station was last heard; void if it has spoken since.</summary>
    public void Conclude(Liveness verdict, DateTimeOffset lastHeard)
    {
        if (lastHeard.ToUnixTimeMilliseconds() == _heard && State != Liveness.NeverHeard)
        {
            State = verdict;
        }
    }

    /// <summary>Expected hours of silence after which beats are missing; no more than where any station is late.</summary>
    public double QuietAt => _beat.Patience is var seconds and > 0 ? Math.Clamp(seconds / 3600, Silence.LeastQuiet, Silence.LateAt) : Silence.LateAt;

    /// <summary>
    /// Expected hours of silence after which it is presumed dead. Who fell silent while its desk was open did not go home; who
    /// closed it, and stays away for a day, may have a day off, and is given up when it misses the next morning as well.
    /// </summary>
    public double DeadAt => State is Liveness.NeverHeard or Liveness.PresumedDead || Alone || _timetable.Hours(_clockFrom, _clockFrom + RestOfDay, Silence.LateAt) >= Silence.LateAt
        ? Silence.PresumedDeadAt
        : Math.Max(Silence.PresumedDeadAt, _timetable.LongestDay() + Silence.MorningMissed);

    /// <summary>Expected hours of presence since the clock of silence started; counting stops at <paramref name="enough"/>.</summary>
    public double ExpectedHours(DateTimeOffset moment, double enough)
    {
        var now = moment.ToUnixTimeMilliseconds();
        return _timetable.Hours(State == Liveness.NeverHeard ? now : _clockFrom, now, enough);
    }

    /// <summary>
    /// Whether it is usually there when it is silent now: all of a short silence counts, with the hour that follows the last word,
    /// and of a long one what was no night. An hour of which nothing is known is no reason to leave.
    /// </summary>
    public bool IsUsual(DateTimeOffset moment)
    {
        var to = Math.Max(moment.ToUnixTimeMilliseconds(), _heard + NextWhile);
        return to - _heard <= 24 * Hour && _timetable.Usual(_heard, to) >= UsualShare * (to - _heard);
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_heard);
        to.Write(_clockFrom);
        to.Write(_learnedTo);
        to.Write(_covered);
        to.Write((byte)State);
        to.Write(Alone);
        _timetable.Write(to);
        _beat.Write(to);
    }

    public static Presence Read(BinaryReader from)
    {
        var presence = new Presence
        {
            _heard = from.ReadInt64(),
            _clockFrom = from.ReadInt64(),
            _learnedTo = from.ReadInt64(),
            _covered = from.ReadInt64(),
            State = (Liveness)from.ReadByte(),
            Alone = from.ReadBoolean(),
        };
        presence._timetable = Timetable.Read(from);
        presence._beat = Heartbeat.Read(from);
        return presence;
    }

    private void Learn(long now)
    {
        var (from, hour) = (_learnedTo, now / Hour);
        _learnedTo = now;
        if (from == 0 || now - from > Week)
        {
            // Nothing is known of the time between: it was the first word, or the kit or this server was away for long.
            _covered = 0;
            return;
        }

        var bridged = now - from <= Bridge;
        if (hour == from / Hour)
        {
            _covered += bridged ? now - from : 0;
            return;
        }

        var end = (from / Hour + 1) * Hour;
        _timetable.Observe(from / Hour, _covered + (bridged ? end - from : 0));
        for (var between = from / Hour + 1; between < hour; between++)
        {
            _timetable.Observe(between, bridged ? Hour : 0);
        }

        _covered = bridged ? now - hour * Hour : 0;
    }
}
