using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>The devices of a station that are on probation; few, mostly none. Guarded by the station's lock.</summary>
internal sealed class StationProbations
{
    private readonly List<Probation> _all = [];

    public bool IsEmpty => _all.Count == 0;

    /// <summary>One for each device: a later one takes the place of an earlier; the same one told again changes nothing.</summary>
    public void Begin(Probation probation)
    {
        if (!_all.Exists(known => IsSame(known, probation)))
        {
            _all.RemoveAll(known => known.Device == probation.Device);
            _all.Add(probation);
        }
    }

    public void End(DeviceKey device, string occasion) => _all.RemoveAll(known => known.Device == device && known.Occasion == occasion);

    public void Clear() => _all.Clear();

    public void Take(Sample sample)
    {
        for (var i = 0; i < _all.Count; i++)
        {
            _all[i].Take(sample);
        }
    }

    public void AwaitSamples() => _all.ForEach(probation => probation.AwaitSample());

    /// <summary>Those that are decided, given what is believed of each device.</summary>
    public List<(Probation Probation, ProbationVerdict Verdict)> Decided(Func<DeviceKey, ConditionState> stateOf) => _all.Count == 0
        ? []
        : [.. _all.Select(probation => (probation, probation.Judge(stateOf(probation.Device)))).Where(pair => pair.Item2 != ProbationVerdict.Open)];

    public void Write(BinaryWriter to)
    {
        to.Write(_all.Count);
        _all.ForEach(probation => probation.Write(to));
    }

    /// <summary>Takes up the tallies of those that are still on; an older program's checkpoint ends before them.</summary>
    public void Read(BinaryReader from)
    {
        if (from.BaseStream.Position == from.BaseStream.Length)
        {
            return;
        }

        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var read = Probation.Read(from);
            if (_all.FindIndex(known => IsSame(known, read)) is >= 0 and var index)
            {
                _all[index] = read;
            }
        }
    }

    private static bool IsSame(Probation one, Probation other) => one.Device == other.Device && one.Occasion == other.Occasion && one.BegunAt == other.BegunAt;
}
