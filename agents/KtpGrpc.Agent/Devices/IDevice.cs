using Ktp.Health.V1;

namespace KtpGrpc.Agent.Devices;

/// <summary>One apparatus of the kit, real or simulated: who it is, and how it is now.</summary>
internal interface IDevice
{
    Device Identity { get; }

    /// <summary>Its counters, gauges and codes at this moment; never fails, a silent device shows a code.</summary>
    Sample Read(DateTimeOffset now);
}
