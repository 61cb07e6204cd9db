using System.Runtime.CompilerServices;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// How long a source that beats regularly may be quiet. Its period is learned from the quarter of its last intervals that is
/// shortest, so that a link which loses every second beat does not stretch it; its patience from the longest gap that it bridged.
/// </summary>
internal struct Heartbeat
{
    /// <summary>Beats after which the period is trusted.</summary>
    public const int LeastBeats = 5;

    private const int Kept = 15;
    private const int Shortest = 3;

    /// <summary>Three quarters more than the longest gap of late, in periods and within these: a tenth is for a beat that dawdles.</summary>
    private const float Margin = 1.75f;
    private const float LeastPatience = 7.1f;
    private const float MostPatience = 9.1f;

    /// <summary>A longer gap is no lost beats but an absence, and teaches nothing.</summary>
    private const float MostGap = 16;

    /// <summary>A gap is half forgotten after some 140 beats.</summary>
    private const float GapKept = 0.995f;

    private Intervals _intervals;
    private float _longest;
    private byte _next;
    private byte _count;

    /// <summary>Seconds between beats; NaN before some were heard.</summary>
    public readonly double Period => _count < LeastBeats ? double.NaN : Quartile();

    /// <summary>Seconds after a beat by which the next must be heard; NaN before some were heard.</summary>
    public readonly double Patience => Math.Clamp(Margin * _longest, LeastPatience, MostPatience) * Period;

    /// <summary>Takes the seconds since the beat before; what is no length of time is no beat.</summary>
    public void Take(double interval)
    {
        if (!(interval is >= 0 and < float.MaxValue))
        {
            return;
        }

        _intervals[_next] = (float)interval;
        _next = (byte)((_next + 1) % Kept);
        _count = (byte)Math.Min(_count + 1, Kept);
        var gap = (float)interval / Math.Max(Quartile(), 1e-3f);
        _longest = Math.Max(_longest * GapKept, gap <= MostGap ? gap : 0);
    }

    public readonly void Write(BinaryWriter to)
    {
        to.Write(_longest);
        to.Write(_next);
        to.Write(_count);
        foreach (var interval in (ReadOnlySpan<float>)_intervals)
        {
            to.Write(interval);
        }
    }

    public static Heartbeat Read(BinaryReader from)
    {
        var beat = new Heartbeat { _longest = from.ReadSingle(), _next = (byte)(from.ReadByte() % Kept), _count = Math.Min(from.ReadByte(), (byte)Kept) };
        for (var i = 0; i < Kept; i++)
        {
            beat._intervals[i] = from.ReadSingle();
        }

        return beat;
    }

    /// <summary>The fourth shortest of fifteen, and its like of fewer.</summary>
    private readonly float Quartile()
    {
        Span<float> least = stackalloc float[Shortest + 1];
        least.Fill(float.MaxValue);
        for (var i = 0; i < _count; i++)
        {
            var value = _intervals[i];
            for (var place = 0; place <= Shortest; place++)
            {
                if (value < least[place])
                {
                    (value, least[place]) = (least[place], value);
                }
            }
        }

        return least[Shortest * _count / Kept];
    }

    [InlineArray(Kept)]
    private struct Intervals
    {
        private float _first;
    }
}
