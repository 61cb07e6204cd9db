using Ktp.Health.V1;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// A counter that is compared with those of its model, day by day. All of them count trouble. Use (captures, prints, cards
/// picked) is left out: at a desk it stands still for want of citizens, blanks or a ribbon, on holidays and on days on which
/// the kit is lent away, and no counter tells these from a device that fails; a device that is used and fails is told by its
/// <see cref="RatioShift"/>, one that says nothing by its station's silence.
/// </summary>
internal sealed record WatchedCounter(Signal Signal, string Name, string Advice)
{
    private const string Clean = "Clean it and capture a test person; order a new device if that does not help.";

    private static readonly WatchedCounter[] _capturing =
    [
        new(Signal.CapturesFailed, "capture failures", Clean),
        new(Signal.CapturesRetried, "repeated captures", Clean),
    ];

    private static readonly WatchedCounter[] _printing =
    [
        new(Signal.PrintsFailed, "print failures", "Clean the printer, check ribbon and rollers; order the worn part."),
        new(Signal.EncodesFailed, "encode failures", "Check the encoder's contacts and the batch of blanks; order an encoder."),
    ];

    private static readonly WatchedCounter[] _connecting = [new(Signal.UplinkLost, "lost uplinks", "Check the modem, its antenna and its cable.")];

    public static string NameOf(DeviceKind kind, Signal signal) => Of(kind).First(counter => counter.Signal == signal).Name;

    /// <summary>In the order in which a device of the kind keeps them; none for a kind that counts no trouble.</summary>
    public static IReadOnlyList<WatchedCounter> Of(DeviceKind kind) => kind switch
    {
        DeviceKind.Fingerprint or DeviceKind.Iris or DeviceKind.Camera or DeviceKind.SignaturePad => _capturing,
        DeviceKind.Printer => _printing,
        DeviceKind.Host => _connecting,
        _ => [],
    };
}
