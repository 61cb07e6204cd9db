using Ktp.Health.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>A station in memory: its presence, its kit's devices and the condition of itself. Its lock guards all of it.</summary>
internal sealed class StationHealth(StationId id, OfficeHealth office)
{
    public StationId Id { get; } = id;

    public OfficeHealth Office { get; } = office;

    public Lock Lock { get; } = new();

    public Presence Presence { get; set; } = new();

    /// <summary>Null until it was heard for the first time.</summary>
    public Condition? Condition { get; set; }

    public IReadOnlyList<DeviceHealth> Devices { get; set; } = [];

    /// <summary>Whether the detectors know more than their checkpoint.</summary>
    public bool Dirty { get; set; }

    public DeviceHealth? Find(DeviceKind kind, string serial)
    {
        for (var i = 0; i < Devices.Count; i++)
        {
            if (Devices[i].Key.Kind == kind && Devices[i].Key.Serial == serial)
            {
                return Devices[i];
            }
        }

        return null;
    }

    public byte[] Checkpoint() => Checkpoint(Devices);

    /// <summary>The presence, and the detectors of a kit.</summary>
    public byte[] Checkpoint(IReadOnlyList<DeviceHealth> devices)
    {
        using var stream = new MemoryStream();
        using var to = new BinaryWriter(stream);
        to.Write((byte)1);
        Presence.Write(to);
        to.Write(devices.Count);
        foreach (var device in devices)
        {
            device.Write(to);
        }

        return stream.ToArray();
    }

    /// <summary>Takes up a checkpoint; the devices are those that the database has.</summary>
    public void Restore(byte[] checkpoint)
    {
        using var from = new BinaryReader(new MemoryStream(checkpoint));
        if (from.ReadByte() != 1)
        {
            throw new InvalidDataException($"The detectors' checkpoint of station {Id} has a form that this program does not know.");
        }

        Presence = Presence.Read(from);
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var (kind, serial) = ((DeviceKind)from.ReadByte(), from.ReadString());
            (Find(kind, serial) ?? throw new InvalidDataException($"A checkpoint of station {Id} tells of a device that its kit does not have.")).Read(from);
        }
    }
}

/// <summary>The stations of a regency or city. Its turn is taken by whoever changes conditions of one of them.</summary>
internal sealed class OfficeHealth(RegionCode region)
{
    private volatile StationHealth[] _stations = [];

    public RegionCode Region { get; } = region;

    public SemaphoreSlim Turn { get; } = new(1, 1);

    public IReadOnlyList<StationHealth> Stations => _stations;

    /// <summary>The silence that holds its stations' verdicts; null while it is heard.</summary>
    public RegionSilence? Silence { get; set; }

    public void Add(StationHealth station) => _stations = [.. _stations, station];
}
