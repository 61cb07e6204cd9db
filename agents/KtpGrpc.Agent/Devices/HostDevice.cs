using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;

namespace KtpGrpc.Agent.Devices;

/// <summary>The kit's PC itself, as the operating system tells it.</summary>
internal sealed class HostDevice(string folder) : IDevice
{
    public Device Identity { get; } = new() { Kind = DeviceKind.Host, Serial = Environment.MachineName, Model = Environment.OSVersion.Platform.ToString() };

    public Sample Read(DateTimeOffset now)
    {
        var sample = new Sample { Device = Identity, TakenAt = now.ToTimestamp() };
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(folder));
            sample.Gauges.Add(new Gauge { Signal = Signal.DiskFreeRatio, Value = (double)drive.AvailableFreeSpace / drive.TotalSize });
        }
        catch (IOException)
        {
            sample.Codes.Add(new DeviceCode { Code = "disk-unreadable" });
        }

        return sample;
    }
}
