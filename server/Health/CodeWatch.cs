using Google.Protobuf.Collections;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>
/// The known codes that a device shows. One counts at once, and is over when it was missing from some samples in a row:
/// a code that flickers is one trouble and not many.
/// </summary>
internal sealed class CodeWatch
{
    private const int MissingToClear = 3;

    private readonly List<Shown> _shown = [];

    /// <summary>The gravest, and the oldest of those; null where none is shown.</summary>
    public Shown? Worst => _shown.Count == 0 ? null : _shown.MaxBy(shown => shown.Known.State);

    public IReadOnlyList<Shown> All => _shown;

    public void Take(RepeatedField<DeviceCode> codes, DateTimeOffset now)
    {
        if (codes.Count == 0 && _shown.Count == 0)
        {
            return;
        }

        for (var i = _shown.Count - 1; i >= 0; i--)
        {
            _shown[i] = _shown[i] with { Missing = _shown[i].Missing + 1 };
        }

        for (var i = 0; i < codes.Count; i++)
        {
            if (KnownCode.Find(codes[i].Code) is { } known)
            {
                var index = _shown.FindIndex(shown => shown.Known.Code == known.Code);
                if (index < 0)
                {
                    _shown.Add(new Shown(known, now, 0));
                }
                else
                {
                    _shown[index] = new Shown(known, _shown[index].Since, 0);
                }
            }
        }

        _shown.RemoveAll(shown => shown.Missing >= MissingToClear);
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
}
