using Ktp.Health.V1;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>A kind of attempt that can fail, with the share of failures that is usual until the model's own is learned.</summary>
internal sealed record Ratio(string Name, Signal Failed, Signal Ok, double StatedRate, string FailingAdvice, string FailedAdvice)
{
    /// <summary>In the order in which a device keeps them.</summary>
    public static readonly IReadOnlyList<Ratio> All =
    [
        new("captures", Signal.CapturesFailed, Signal.CapturesOk, 0.03,
            "Clean it and capture a test person; order a new device if that does not help.", "Exchange the device."),
        new("prints", Signal.PrintsFailed, Signal.PrintsOk, 0.02,
            "Clean the printer, check ribbon and rollers; order the worn part.", "Stop printing here and have the printer repaired."),
        new("encodes", Signal.EncodesFailed, Signal.PrintsOk, 0.02,
            "Check the encoder's contacts and the batch of blanks; order an encoder.", "Stop printing here and exchange the encoder."),
    ];

    public string Advice(ConditionState state) => state == ConditionState.Failed ? FailedAdvice : FailingAdvice;

    public Evidence Evidence(RatioShift seen, double usual) => new(
        seen.State == ConditionState.Failed
            ? $"None of the last {Name} succeeded; usual for this model are {usual:P1}."
            : $"{seen.Share:P0} of the last {seen.Attempts:0} {Name} failed; usual for this model are {usual:P1}.",
        "ratio-shift", Math.Round(seen.Share, 4), Math.Round(usual, 4), Math.Round(Math.Min(seen.Surprise, 99), 2), seen.Since);
}
