using System.Runtime.CompilerServices;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// How surprising a gauge is (quality, duration, temperature, latency): how far from its level and from what is usual at this hour of
/// the day, against how far it often is, beyond all that surprised of late. It supports a verdict and never makes one.
/// </summary>
internal struct GaugeWatch
{
    /// <summary>Above this a sample is worth mentioning; chosen on the development half of the NAB corpus.</summary>
    public const double SurprisingAt = 0.93;

    /// <summary>No score is higher, so that one wild sample does not outweigh what others say.</summary>
    public const double ScoreAtMost = 50;

    private const int Hours = 24;

    /// <summary>What a sample counts for in the long run: a week of one each five minutes.</summary>
    private const double Slow = 0.0005;

    /// <summary>What a sample counts for in the mean of its hour: a day of one each five minutes.</summary>
    private const double Hourly = 0.1;

    /// <summary>A sample moves what is usual by no more deviations than this; a first few by all that they are.</summary>
    private const double MostDeviations = 10;
    private const int FirstFew = 20;
    private const int LeastForScore = 60;

    /// <summary>A distance from the level says more than one from the hour's mean, which is less sure.</summary>
    private const double LevelWeight = 1.5;

    /// <summary>A gauge that hardly moves deviates by no less than this share of its level: its readings are rounded.</summary>
    private const double LeastDeviation = 1e-3;

    /// <summary>The same for how far it often is: what always was within a tenth of a doubling is no rule.</summary>
    private const double LeastSpread = 0.1;

    /// <summary>A surprise is half forgotten after 140 samples; until then only a greater one is news, by the difference.</summary>
    private const double Inhibition = 0.995;

    private Means _hourMean;
    private Counts _hourCount;
    private double _level;
    private double _levelVariance;
    private double _hourVariance;
    private double _distance;
    private double _distanceVariance;
    private double _inhibited;
    private int _count;

    /// <summary>What it is usually, in the mean of a week; 0 before the first sample.</summary>
    public readonly double Level => _level;

    /// <summary>Takes a sample and tells how surprising it is, 0 or more; what is no number says and teaches nothing.</summary>
    public double Take(double value, DateTimeOffset now)
    {
        // Squares of what is larger would be no numbers.
        if (!(Math.Abs(value) < 1e30))
        {
            return 0;
        }

        var hour = now.UtcDateTime.Hour;
        if (_count == 0)
        {
            _level = value;
        }

        _count = Math.Min(_count + 1, int.MaxValue - 1);
        var least = LeastDeviation * Math.Abs(_level) + 1e-12;
        var (levelWidth, hourWidth) = (Math.Sqrt(_levelVariance) + least, Math.Sqrt(_hourVariance) + least);
        var fromLevel = value - _level;
        var fromHour = _hourCount[hour] > 0 ? value - _hourMean[hour] : fromLevel;
        var distance = _count < FirstFew ? 0 : Math.Log(1 + Math.Max(LevelWeight * Math.Abs(fromLevel) / levelWidth, Math.Abs(fromHour) / hourWidth));
        var score = Surprise(distance);
        Learn(value, hour, Within(fromLevel, levelWidth), Within(fromHour, hourWidth));
        return Inhibit(score);
    }

    public readonly void Write(BinaryWriter to)
    {
        foreach (var mean in (ReadOnlySpan<float>)_hourMean)
        {
            to.Write(mean);
        }

        to.Write((ReadOnlySpan<byte>)_hourCount);
        to.Write(_level);
        to.Write(_levelVariance);
        to.Write(_hourVariance);
        to.Write(_distance);
        to.Write(_distanceVariance);
        to.Write(_inhibited);
        to.Write(_count);
    }

    public static GaugeWatch Read(BinaryReader from)
    {
        var watch = new GaugeWatch();
        for (var hour = 0; hour < Hours; hour++)
        {
            watch._hourMean[hour] = from.ReadSingle();
        }

        from.ReadExactly((Span<byte>)watch._hourCount);
        watch._level = from.ReadDouble();
        watch._levelVariance = from.ReadDouble();
        watch._hourVariance = from.ReadDouble();
        watch._distance = from.ReadDouble();
        watch._distanceVariance = from.ReadDouble();
        watch._inhibited = from.ReadDouble();
        watch._count = from.ReadInt32();
        return watch;
    }

    /// <summary>How far the distance is from what it often is: a gauge of spikes is not surprised by one more.</summary>
    private double Surprise(double distance)
    {
        var (from, spread) = (distance - _distance, Math.Sqrt(_distanceVariance) + LeastSpread);
        if (_count >= FirstFew)
        {
            var weight = Math.Max(Slow, 1.0 / (_count - FirstFew + 1));
            _distance += weight * from;
            _distanceVariance += weight * (from * from - _distanceVariance);
        }

        return _count < LeastForScore ? 0 : Math.Min(from / spread, ScoreAtMost);
    }

    private void Learn(double value, int hour, double fromLevel, double fromHour)
    {
        var weight = Math.Max(Slow, 1.0 / _count);
        _level += weight * fromLevel;
        _levelVariance += weight * (fromLevel * fromLevel - _levelVariance);
        _hourVariance += weight * (fromHour * fromHour - _hourVariance);
        _hourCount[hour] = (byte)Math.Min(_hourCount[hour] + 1, byte.MaxValue);
        _hourMean[hour] = _hourCount[hour] == 1 ? (float)value : (float)(_hourMean[hour] + Math.Max(Hourly, 1.0 / _hourCount[hour]) * fromHour);
    }

    private readonly double Within(double distance, double width) =>
        _count < FirstFew ? distance : Math.Clamp(distance, -MostDeviations * width, MostDeviations * width);

    private double Inhibit(double score)
    {
        _inhibited *= Inhibition;
        if (score <= _inhibited)
        {
            return 0;
        }

        var news = score - _inhibited;
        _inhibited = score;
        return news;
    }

    [InlineArray(Hours)]
    private struct Means
    {
        private float _first;
    }

    [InlineArray(Hours)]
    private struct Counts
    {
        private byte _first;
    }
}
