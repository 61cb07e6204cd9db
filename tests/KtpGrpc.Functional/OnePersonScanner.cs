using Ktp.Health.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Functional;

/// <summary>A scanner before which the same person stands for ever.</summary>
internal sealed class OnePersonScanner(bool truncated = false, BodyPart? missing = null) : ICaptureDevice
{
    public IReadOnlyDictionary<BodyPart, byte[]> Original { get; } = SyntheticRecords.SlimPerson(seed: 1, TimeProvider.System.GetUtcNow());

    public Device Identity { get; } = new() { Kind = DeviceKind.Fingerprint, Serial = "FP-1", Model = "all in one" };

    public IReadOnlyList<BodyPart> Parts => [.. Original.Keys];

    public Task<CaptureOutcome> CaptureAsync(DateTimeOffset now, CancellationToken cancellation) =>
        Task.FromResult<CaptureOutcome>(new CaptureOutcome.Captured(
            Original.Where(part => part.Key != missing).ToDictionary(part => part.Key, part => truncated ? part.Value[..^1] : (byte[])part.Value.Clone())));

    public Sample Read(DateTimeOffset now) => new() { Device = Identity, TakenAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(now) };
}
