using Google.Protobuf.Collections;
using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>What of a device is used up, and which of it ends soon. Guarded by its station's lock.</summary>
internal sealed class SupplyWatch
{
    /// <summary>A supply that was short is so until it lasts so much longer, so that a pace that wavers is one notice.</summary>
    private const double Enough = 2;

    private readonly Wear[] _wears = new Wear[Supply.All.Count];
    private readonly bool[] _short = new bool[Supply.All.Count];
    private readonly long[] _since = new long[Supply.All.Count];
    private uint _seen;

    /// <summary>The first that ends soon; null where nothing does.</summary>
    public Supply? Short
    {
        get
        {
            var index = Array.IndexOf(_short, true);
            return index < 0 ? null : Supply.All[index];
        }
    }

    /// <summary>Whether a sample tells of anything that is used up.</summary>
    public static bool Knows(RepeatedField<Gauge> gauges)
    {
        for (var i = 0; i < gauges.Count; i++)
        {
            if (Supply.IndexOf(gauges[i].Signal) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    public void Take(RepeatedField<Gauge> gauges, in CounterTotals totals, int day, DateTimeOffset now)
    {
        for (var i = 0; i < gauges.Count; i++)
        {
            var index = Supply.IndexOf(gauges[i].Signal);
            if (index >= 0)
            {
                Take(index, gauges[i].Value, day, now);
            }
        }

        if (totals.Of(Signal.CardsPicked) is { } picked)
        {
            Take(Supply.IndexOf(Signal.CardsPicked), 1 - picked % Supply.CardsToClean / (double)Supply.CardsToClean, day, now);
        }
    }

    /// <summary>Everything that is used up, with what ends soon first; or only that.</summary>
    public IEnumerable<Statement> Tell(DateTimeOffset local, bool all) => Enumerable.Range(0, _wears.Length)
        .Where(index => _short[index] || (all && (_seen & (1u << index)) != 0))
        .OrderByDescending(index => _short[index])
        .Select(index => new Statement(
            _short[index] ? ConditionState.Degraded : ConditionState.Healthy,
            Supply.All[index].Evidence(_wears[index], _short[index] ? DateTimeOffset.FromUnixTimeMilliseconds(_since[index]) : default, local)));

    public void Write(BinaryWriter to)
    {
        to.Write(_seen);
        for (var i = 0; i < _wears.Length; i++)
        {
            _wears[i].Write(to);
            to.Write(_short[i]);
            to.Write(_since[i]);
        }
    }

    public static SupplyWatch Read(BinaryReader from)
    {
        var watch = new SupplyWatch { _seen = from.ReadUInt32() };
        for (var i = 0; i < watch._wears.Length; i++)
        {
            watch._wears[i] = Wear.Read(from);
            watch._short[i] = from.ReadBoolean();
            watch._since[i] = from.ReadInt64();
        }

        return watch;
    }

    private void Take(int index, double level, int day, DateTimeOffset now)
    {
        _seen |= 1u << index;
        _wears[index].Take(level, day);
        var isShort = _wears[index].DaysLeft < Supply.All[index].WarnDays * (_short[index] ? Enough : 1);
        if (isShort != _short[index])
        {
            (_short[index], _since[index]) = (isShort, now.ToUnixTimeMilliseconds());
        }
    }
}
