using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>What is usual of the counters of one model, as it is saved.</summary>
/// <param name="Day">The last day that was learned from, by its number; <see cref="UnknownDay"/> where that was not saved.</param>
internal sealed record ModelState(double Failures, double Days, int Day, IReadOnlyList<CounterState> Counters)
{
    public const int UnknownDay = int.MinValue;

    private const byte FormWithoutDay = 1;
    private const byte Form = 2;

    /// <summary>A day that lies further ahead was a clock's fault, and is not waited for.</summary>
    private const int MostAhead = 31;

    /// <summary>
    /// What the tables have, and what was learned here since they were read: as if one had learned all of it. Null stands for a
    /// model of which the tables have nothing.
    /// </summary>
    public static ModelState Merge(ModelState? row, ModelLearned learned)
    {
        var now = learned.Now;
        if (row is null)
        {
            return now;
        }

        var daysSince = row.Day == UnknownDay || now.Day == UnknownDay ? 0 : now.Day - row.Day;
        return new ModelState(
            learned.SumsModels ? now.Failures : row.Failures + learned.Failures,
            learned.SumsModels ? now.Days : row.Days + learned.Days,
            daysSince < -MostAhead ? now.Day : Math.Max(now.Day, row.Day),
            [.. learned.Counters.Select(counter => row.Counters.FirstOrDefault(known => known.Signal == counter.Signal) is { } known
                ? new CounterState(counter.Signal, [.. known.Seen.Zip(counter.Histograms, (seen, histogram) => histogram.MergeInto(seen, daysSince))])
                : new CounterState(counter.Signal, [.. counter.Histograms.Select(histogram => histogram.Seen)]))]);
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var to = new BinaryWriter(stream);
        to.Write(Form);
        to.Write(Failures);
        to.Write(Days);
        to.Write(Day);
        to.Write(Counters.Count);
        foreach (var counter in Counters)
        {
            to.Write((int)counter.Signal);
            foreach (var count in counter.Seen.SelectMany(histogram => histogram))
            {
                to.Write(count);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Null for what this program cannot read.</summary>
    public static ModelState? Read(byte[] saved)
    {
        try
        {
            using var from = new BinaryReader(new MemoryStream(saved));
            var form = from.ReadByte();
            if (form is not (Form or FormWithoutDay))
            {
                return null;
            }

            var (failures, days, day) = (from.ReadDouble(), from.ReadDouble(), form == Form ? from.ReadInt32() : UnknownDay);
            var counters = new List<CounterState>();
            for (var left = from.ReadInt32(); left > 0; left--)
            {
                counters.Add(new CounterState((Signal)from.ReadInt32(), [ReadHistogram(from), ReadHistogram(from), ReadHistogram(from)]));
            }

            return new ModelState(failures, days, day, counters);
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    private static double[] ReadHistogram(BinaryReader from)
    {
        var seen = new double[OctaveHistogram.Bins];
        for (var bin = 0; bin < seen.Length; bin++)
        {
            seen[bin] = from.ReadDouble();
        }

        return seen;
    }
}

/// <summary>One counter's histograms, in the order of <see cref="SurpriseBaseline.Histograms"/>.</summary>
internal sealed record CounterState(Signal Signal, IReadOnlyList<double[]> Seen);

/// <summary>What is known of a model now, and how much of it was learned here since the tables were read.</summary>
/// <param name="SumsModels">Whether it is a kind's own: failures and days of those are the sums of their models'.</param>
internal sealed record ModelLearned(
    ModelState Now, double Failures, double Days, IReadOnlyList<(Signal Signal, IReadOnlyList<LearnedHistogram> Histograms)> Counters, bool SumsModels);
