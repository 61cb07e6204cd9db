using Google.Protobuf.Collections;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// The known codes that a device shows. One counts at once, and is over when it was missing from some samples in a row:
/// a code that flickers is one trouble and not many. One that comes back soon has to stay for some samples first.
/// </summary>
internal sealed class CodeWatch
{
    private const int MissingToClear = 3;

    /// <summary>Samples in a row that a code must be shown in which went away a short while ago; a dead device is told at once.</summary>
    private const int ShownToReturn = 3;

    private static readonly TimeSpan _shortWhile = TimeSpan.FromHours(1);

    private readonly List<Shown> _shown = [];

    /// <summary>What went away a short while ago; not saved, since a restart is no flicker.</summary>
    private readonly List<Gone> _gone = [];

    /// <summary>The gravest, and the oldest of those; null where none is shown.</summary>
    public Shown? Worst => _shown.Count == 0 ? null : _shown.MaxBy(shown => shown.Known.State);

    public IReadOnlyList<Shown> All => _shown;

    public void Take(RepeatedField<DeviceCode> codes, DateTimeOffset now)
    {
        // A device without codes, as nearly all are nearly always, costs nothing: what is below allocates.
        if (codes.Count > 0 || _shown.Count > 0 || _gone.Count > 0)
        {
            TakeSome(codes, now);
        }
    }

    private void TakeSome(RepeatedField<DeviceCode> codes, DateTimeOffset now)
    {
        for (var i = _shown.Count - 1; i >= 0; i--)
        {
            _shown[i] = _shown[i] with { Missing = _shown[i].Missing + 1 };
        }

        _gone.RemoveAll(gone => now - gone.At > _shortWhile || now < gone.At);
        for (var i = 0; i < codes.Count; i++)
        {
            if (KnownCode.Find(codes[i].Code) is { } known)
            {
                var index = _shown.FindIndex(shown => shown.Known.Code == known.Code);
                if (index >= 0)
                {
                    _shown[index] = new Shown(known, _shown[index].Since, 0);
                }
                else if (IsBack(known, now))
                {
                    _shown.Add(new Shown(known, now, 0));
                }
            }
        }

        _gone.ForEach(gone => gone.Shown = gone.IsShown ? gone.Shown : 0);
        _gone.ForEach(gone => gone.IsShown = false);
        _gone.AddRange(_shown.Where(shown => shown.Missing >= MissingToClear).Select(shown => new Gone(shown.Known.Code, now)));
        _shown.RemoveAll(shown => shown.Missing >= MissingToClear);
    }

    private bool IsBack(KnownCode known, DateTimeOffset now)
    {
        if (_gone.Find(gone => gone.Code == known.Code) is not { } gone)
        {
            return true;
        }

        (gone.IsShown, gone.At, gone.Shown) = (true, now, gone.Shown + 1);
        return (known.State == ConditionState.Failed || gone.Shown >= ShownToReturn) && _gone.Remove(gone);
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_shown.Count);
        foreach (var shown in _shown)
        {
            to.Write(shown.Known.Code);
            to.Write(shown.Since.ToUnixTimeMilliseconds());
            to.Write(shown.Missing);
        }
    }

    public static CodeWatch Read(BinaryReader from)
    {
        var watch = new CodeWatch();
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var (code, since, missing) = (from.ReadString(), from.ReadInt64(), from.ReadInt32());
            if (KnownCode.Find(code) is { } known)
            {
                watch._shown.Add(new Shown(known, DateTimeOffset.FromUnixTimeMilliseconds(since), missing));
            }
        }

        return watch;
    }

    internal sealed record Shown(KnownCode Known, DateTimeOffset Since, int Missing);

    private sealed class Gone(string code, DateTimeOffset at)
    {
        public string Code => code;

        /// <summary>When it went away, or was seen last since.</summary>
        public DateTimeOffset At { get; set; } = at;

        /// <summary>Samples in a row that showed it since.</summary>
        public int Shown { get; set; }

        public bool IsShown { get; set; }
    }
}
