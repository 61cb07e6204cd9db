using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>
/// A station in memory: its presence, its kit's devices and the condition of itself. What detectors take in is guarded by its
/// lock; conditions, kit and owner change in its office's turn.
/// </summary>
internal sealed class StationHealth(StationId id, OfficeHealth office, bool isMine)
{
    private const byte Form = 3;

    public StationId Id { get; } = id;

    public OfficeHealth Office { get; } = office;

    public Lock Lock { get; } = new();

    /// <summary>Its labels on the stations' page.</summary>
    public byte[] Labels { get; } = LabelText.Of(new("region", id.Region.Value), new("station", id.Value));

    public Presence Presence { get; set; } = new();

    /// <summary>Null until it was heard for the first time.</summary>
    public Condition? Condition { get; set; }

    public IReadOnlyList<DeviceHealth> Devices { get; set; } = [];

    public StationProbations Probations { get; } = new();

    /// <summary>What it keeps until the server has it; null until it told. It is kept in memory alone: the next beat tells it again.</summary>
    public WaitingPackets? Waiting { get; set; }

    /// <summary>Whether this server judges it; of another server's, it knows what that one has written.</summary>
    public bool IsMine { get; set; } = isMine;

    /// <summary>Whether the detectors know more than their checkpoint.</summary>
    public bool Dirty { get; set; }

    /// <summary>Its silence as it is now. Beats are judged by who hears them, and listened since a moment.</summary>
    public StationSilence See(DateTimeOffset now, DateTimeOffset listening)
    {
        lock (Lock)
        {
            return StationSilence.Of(Id, Presence, now, IsMine ? listening : null);
        }
    }

    /// <summary>The number of the day on the office's wall.</summary>
    public int DayAt(DateTimeOffset now) => DateOnly.FromDateTime(OfficeTime.At(Id.Region, now).DateTime).DayNumber;

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

    /// <summary>What is believed of a device, or of the station itself; unknown where the kit does not have it.</summary>
    public ConditionState StateOf(DeviceKey device) =>
        (device == DeviceKey.Of(Id) ? Condition : Find(device.Kind, device.Serial)?.Condition)?.State ?? ConditionState.Unknown;

    public byte[] Checkpoint() => Checkpoint(Devices);

    /// <summary>The presence, the detectors of a kit, and what its devices on probation have done.</summary>
    public byte[] Checkpoint(IReadOnlyList<DeviceHealth> devices)
    {
        using var stream = new MemoryStream();
        using var to = new BinaryWriter(stream);
        to.Write(Form);
        Presence.Write(to);
        to.Write(devices.Count);
        foreach (var device in devices)
        {
            device.Write(to);
        }

        Probations.Write(to);
        return stream.ToArray();
    }

    /// <summary>Takes up a checkpoint for the kit that it has; false, and nothing is learned, where this program cannot read it.</summary>
    public bool TryRestore(byte[] checkpoint)
    {
        try
        {
            using var from = new BinaryReader(new MemoryStream(checkpoint));
            if (from.ReadByte() != Form)
            {
                return false;
            }

            Presence = Presence.Read(from);
            for (var left = from.ReadInt32(); left > 0; left--)
            {
                var device = Find((DeviceKind)from.ReadByte(), from.ReadString());
                if (device is null)
                {
                    return false;
                }

                device.Read(from);
            }

            Probations.Read(from);
            return true;
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>The presence alone, as another server has it; null where it cannot be read.</summary>
    public static Presence? PresenceOf(byte[] checkpoint)
    {
        try
        {
            using var from = new BinaryReader(new MemoryStream(checkpoint));
            return from.ReadByte() == Form ? Presence.Read(from) : null;
        }
        catch (Exception fault) when (fault is IOException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>The stations of a regency or city; the country is one without stations. Its turn is taken by whoever changes conditions of one of them.</summary>
internal sealed class OfficeHealth(RegionCode region)
{
    private volatile StationHealth[] _stations = [];

    public RegionCode Region { get; } = region;

    public SemaphoreSlim Turn { get; } = new(1, 1);

    public IReadOnlyList<StationHealth> Stations => _stations;

    /// <summary>The silence that holds its stations' verdicts; null while it is heard.</summary>
    public RegionSilence? Silence { get; private set; }

    /// <summary>When it was told last that the office is silent, or heard again.</summary>
    public DateTimeOffset SilenceToldAt { get; private set; } = DateTimeOffset.MinValue;

    public void Tell(RegionSilence? silence, DateTimeOffset at) => (Silence, SilenceToldAt) = (silence, at);

    /// <summary>What is told of the region's silence after a verdict; null where that is known.</summary>
    public IFact? NewsOf(RegionSilence? after, IReadOnlyList<StationId> away, bool awayAlone) => (Silence, after) switch
    {
        (not null, null) => new RegionHeard(Region.Value, [.. away.Select(id => id.Value)], awayAlone),
        (var before, not null) when before is null || before.DeclaredAt != after.DeclaredAt =>
            new RegionSilenced(Region.Value, after.Since, [.. after.Members.Select(id => id.Value)]),
        _ => null,
    };

    public void Add(StationHealth station) => _stations = [.. _stations, station];

    public void Remove(StationHealth station) => _stations = [.. _stations.Where(other => other != station)];
}
