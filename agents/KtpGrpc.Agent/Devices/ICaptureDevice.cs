using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Devices;

/// <summary>A device that records parts of a citizen: fingerprints, irises or the face.</summary>
internal interface ICaptureDevice : IDevice
{
    /// <summary>The parts it records.</summary>
    IReadOnlyList<BodyPart> Parts { get; }

    /// <summary>Records all its parts of the citizen in front of it, or none.</summary>
    Task<CaptureOutcome> CaptureAsync(DateTimeOffset now, CancellationToken cancellation);
}

/// <summary>How a capture ended.</summary>
internal abstract record CaptureOutcome
{
    private CaptureOutcome()
    {
    }

    /// <summary>ISO/IEC 19794 records; whoever gets them owns the buffers.</summary>
    public sealed record Captured(IReadOnlyDictionary<BodyPart, byte[]> Records) : CaptureOutcome;

    /// <param name="Code">The device's own error code, as its samples show it.</param>
    public sealed record Failed(string Code) : CaptureOutcome;
}
