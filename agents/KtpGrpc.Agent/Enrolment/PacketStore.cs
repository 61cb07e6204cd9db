using System.Security.Cryptography;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// The sealed packets that wait for their upload, a file each, counted in the outbox's quota.
/// A packet is whole and durable once saved, and goes only against a receipt for exactly its bytes.
/// </summary>
internal sealed class PacketStore
{
    private readonly Lock _access = new();
    private readonly string _directory;
    private readonly DiskOutbox _outbox;
    private readonly List<WaitingPacket> _waiting = [];
    private readonly HashSet<PacketId> _aside = [];
    private long _nextSequence = 1;

    private PacketStore(string directory, DiskOutbox outbox)
    {
        this._directory = directory;
        this._outbox = outbox;
    }

    /// <summary>In the order in which they were saved.</summary>
    public IReadOnlyList<WaitingPacket> Waiting
    {
        get { lock (_access) { return [.. _waiting]; } }
    }

    /// <summary>All that are on the disk: those that wait, and those that were moved aside.</summary>
    public IReadOnlySet<PacketId> Kept
    {
        get { lock (_access) { return _waiting.Select(packet => packet.Id).Concat(_aside).ToHashSet(); } }
    }

    public static PacketStore Open(string directory, DiskOutbox outbox)
    {
        Directory.CreateDirectory(directory);
        var store = new PacketStore(directory, outbox);
        store.Load();
        return store;
    }

    /// <summary>Saving the same packet twice keeps it once; other bytes under its id are a fault of the program.</summary>
    public SaveOutcome Save(PacketId id, ReadOnlySpan<byte> sealedPacket)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(sealedPacket));
        lock (_access)
        {
            if (Find(id) is { } saved)
            {
                return saved.Sha256 == sha256
                    ? new SaveOutcome.Saved(saved)
                    : throw new InvalidOperationException($"Packet {id} waits already with other bytes.");
            }

            if (!_outbox.TryReserve(sealedPacket.Length))
            {
                return Full();
            }

            // A failed save uses its number up, too: its file may have got its name before the fault.
            var packet = new WaitingPacket(_nextSequence++, id, sealedPacket.Length, sha256);
            try
            {
                DurableFile.Write(PathOf(packet), sealedPacket);
            }
            catch (IOException fault)
            {
                _outbox.Occupy(-sealedPacket.Length);
                return DurableFile.IsDiskFull(fault) ? Full() : throw new IOException($"Packet {id} could not be saved.", fault);
            }

            _waiting.Add(packet);
            return new SaveOutcome.Saved(packet);
        }
    }

    /// <summary>The sealed bytes, for the upload; its reader closes it.</summary>
    public FileStream OpenRead(WaitingPacket packet) =>
        new(PathOf(packet), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);

    public SettleOutcome Settle(PacketReceipt receipt)
    {
        lock (_access)
        {
            if (Find(receipt.Id) is not { } packet)
            {
                return new SettleOutcome.NotWaiting();
            }

            if (packet.Bytes != receipt.Bytes || !string.Equals(packet.Sha256, receipt.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                return new SettleOutcome.Contradicted(packet);
            }

            // Should a power cut bring the file back, it is offered again and the server gives the same receipt.
            File.Delete(PathOf(packet));
            _waiting.Remove(packet);
            _outbox.Occupy(-packet.Bytes);
            return new SettleOutcome.Settled();
        }
    }

    /// <summary>Moves a packet that cannot be taken out of the way, for a person to look at; no machine deletes it.</summary>
    public void SetAside(WaitingPacket packet)
    {
        lock (_access)
        {
            if (!_waiting.Remove(packet))
            {
                return;
            }

            if (!File.Exists(PathOf(packet)))
            {
                _outbox.Occupy(-packet.Bytes);
                return;
            }

            _aside.Add(packet.Id);
            File.Move(PathOf(packet), PathOf(packet) + PacketFileName.AsideSuffix, overwrite: true);
            DurableFile.FlushFolder(_directory);
        }
    }

    private void Load()
    {
        foreach (var unfinished in Directory.EnumerateFiles(_directory, "*" + DurableFile.TemporarySuffix))
        {
            File.Delete(unfinished);
        }

        foreach (var file in new DirectoryInfo(_directory).EnumerateFiles())
        {
            var aside = file.Name.EndsWith(PacketFileName.AsideSuffix, StringComparison.Ordinal);
            if (PacketFileName.TryParse(aside ? file.Name[..^PacketFileName.AsideSuffix.Length] : file.Name, file.Length, out var packet))
            {
                _outbox.Occupy(packet.Bytes);
                if (aside)
                {
                    _aside.Add(packet.Id);
                }
                else
                {
                    _waiting.Add(packet);
                }
            }
        }

        _waiting.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
        _nextSequence = _waiting is [.., var last] ? last.Sequence + 1 : 1;
    }

    private WaitingPacket? Find(PacketId id) => _waiting.Find(packet => packet.Id == id);

    private string PathOf(WaitingPacket packet) => Path.Combine(_directory, PacketFileName.Of(packet));

    private SaveOutcome.Full Full()
    {
        var counts = _outbox.Counts;
        return new SaveOutcome.Full(counts.UsedBytes, counts.QuotaBytes);
    }
}
