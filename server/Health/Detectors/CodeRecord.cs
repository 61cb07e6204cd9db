namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// What came of the codes that devices showed: of so many times that these codes stood together, so many ended in a failure
/// within <see cref="Horizon"/>. It judges codes that nobody has stated a verdict for, and says when a stated one is wrong.
/// One for a kind of device; its owner guards it.
/// </summary>
internal sealed class CodeRecord(TimeSpan horizon)
{
    /// <summary>Until the record says otherwise two in ten end so, which counts for two times.</summary>
    private const double StatedShare = 0.2;
    private const double StatedTimes = 2;

    /// <summary>More combinations than any kind of device shows; what comes beyond them is judged as a code that nobody knows.</summary>
    private const int MostSets = 4096;

    private readonly Dictionary<string, (double Failed, double Times)> _sets = new(StringComparer.Ordinal);

    public TimeSpan Horizon => horizon;

    /// <summary>The share of failures that followed these codes; the codes in ordinal order, each once, as <see cref="Together"/> gives it.</summary>
    public double Share(string together)
    {
        var (failed, times) = _sets.GetValueOrDefault(together);
        return (failed + StatedTimes * StatedShare) / (times + StatedTimes);
    }

    /// <summary>The horizon behind these codes is over, or a failure came within it.</summary>
    public void Learn(string together, bool failed)
    {
        if (_sets.Count < MostSets || _sets.ContainsKey(together))
        {
            var (before, times) = _sets.GetValueOrDefault(together);
            _sets[together] = (before + (failed ? 1 : 0), times + 1);
        }
    }

    /// <summary>In words: of 96 times that error2 and error3 stood together 91 ended in a failure within 48 hours.</summary>
    public string Tell(string together)
    {
        var (failed, times) = _sets.GetValueOrDefault(together);
        return $"Of {times:0} times that {together.Replace("+", " and ", StringComparison.Ordinal)} stood there, {failed:0} ended in a failure within {horizon.TotalHours:0} hours.";
    }

    public static string Together(IEnumerable<string> codes) => string.Join('+', codes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    public void Write(BinaryWriter to)
    {
        to.Write(_sets.Count);
        foreach (var (together, (failed, times)) in _sets)
        {
            to.Write(together);
            to.Write(failed);
            to.Write(times);
        }
    }

    public void Read(BinaryReader from)
    {
        _sets.Clear();
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            _sets[from.ReadString()] = (from.ReadDouble(), from.ReadDouble());
        }
    }
}
