using System.Security.Cryptography;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class PacketStoreTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2016, 9, 30, 2, 15, 0, TimeSpan.Zero);
    private static readonly OutboxOptions _small = new() { QuotaBytes = 10_000, SegmentBytes = 1000 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Packets_AfterARestart_WaitInTheOrderInWhichTheyWereSaved()
    {
        WaitingPacket[] saved;
        using (var outbox = OpenOutbox())
        {
            var store = OpenStore(outbox);

            // The kiosk's clock went back in between: the ids sort the other way round.
            saved = [Save(store, PacketId.New(_now), 300), Save(store, PacketId.New(DateTimeOffset.UnixEpoch), 200)];
        }

        using var again = OpenOutbox();
        var reopened = OpenStore(again);

        Assert.Equal(saved, reopened.Waiting);
        Assert.Equal(500, again.Counts.UsedBytes);
        using var sealedBytes = reopened.OpenRead(saved[0]);
        Assert.Equal(saved[0].Sha256, Convert.ToHexStringLower(SHA256.HashData(sealedBytes)));
    }

    [Fact]
    public void Packet_WithItsReceipt_IsDeletedAndItsSpaceGivenBack()
    {
        using var outbox = OpenOutbox();
        var store = OpenStore(outbox);
        var packet = Save(store, PacketId.New(_now), 300);
        var receipt = new PacketReceipt(packet.Id, packet.Bytes, packet.Sha256.ToUpperInvariant());

        Assert.IsType<SettleOutcome.Settled>(store.Settle(receipt));
        Assert.IsType<SettleOutcome.NotWaiting>(store.Settle(receipt));

        Assert.Empty(store.Waiting);
        Assert.Equal(0, outbox.Counts.UsedBytes);
        Assert.Empty(Directory.EnumerateFiles(_folder["packets"]));
    }

    [Fact]
    public void Packet_WithAReceiptForOtherBytes_IsKept()
    {
        using var outbox = OpenOutbox();
        var store = OpenStore(outbox);
        var packet = Save(store, PacketId.New(_now), 300);

        var otherHash = store.Settle(new PacketReceipt(packet.Id, packet.Bytes, new string('0', 64)));
        var otherLength = store.Settle(new PacketReceipt(packet.Id, packet.Bytes + 1, packet.Sha256));

        Assert.Equal(new SettleOutcome.Contradicted(packet), otherHash);
        Assert.Equal(new SettleOutcome.Contradicted(packet), otherLength);
        Assert.Single(OpenStore(outbox).Waiting);
    }

    [Fact]
    public void Packet_SavedTwice_IsKeptOnce()
    {
        using var outbox = OpenOutbox();
        var store = OpenStore(outbox);
        var id = PacketId.New(_now);

        Assert.Equal(Save(store, id, 300), Save(store, id, 300));

        Assert.Single(store.Waiting);
        Assert.Throws<InvalidOperationException>(() => store.Save(id, new byte[300]));
    }

    [Fact]
    public void Packet_BeyondTheQuota_IsRefused()
    {
        using var outbox = OpenOutbox();
        var store = OpenStore(outbox);
        Save(store, PacketId.New(_now), 9000);

        var outcome = store.Save(PacketId.New(_now), Bytes(2000));

        Assert.Equal(new SaveOutcome.Full(9000, 10_000), outcome);
        Assert.Single(store.Waiting);
    }

    [Fact]
    public void Packets_OfTheSameNumberByAFaultyDisk_AreBothListed()
    {
        Directory.CreateDirectory(_folder["packets"]);
        for (var copy = 0; copy < 2; copy++)
        {
            var packet = new WaitingPacket(7, PacketId.New(_now), 100, new string('a', 64));
            File.WriteAllBytes(_folder[$"packets/{PacketFileName.Of(packet)}"], new byte[100]);
        }

        using var outbox = OpenOutbox();
        var store = OpenStore(outbox);

        Assert.Equal(2, store.Waiting.Count);
        Assert.Equal(8, Save(store, PacketId.New(_now), 100).Sequence);
    }

    [Fact]
    public void Packet_HalfWrittenWhenThePowerWent_IsNotListedAndItsFileIsRemoved()
    {
        Directory.CreateDirectory(_folder["packets"]);
        File.WriteAllBytes(_folder["packets/0000000001-half.cms.tmp"], new byte[100]);
        using var outbox = OpenOutbox();

        var store = OpenStore(outbox);

        Assert.Empty(store.Waiting);
        Assert.Empty(Directory.EnumerateFiles(_folder["packets"]));
    }

    [Fact]
    public void Packet_SetAside_WaitsNoMoreAndIsKeptAndCountedThroughRestarts()
    {
        using var outbox = OpenOutbox();
        var store = OpenStore(outbox);
        var (bad, good) = (Save(store, PacketId.New(_now), 300), Save(store, PacketId.New(_now), 200));

        store.SetAside(bad);
        store.SetAside(bad);

        Assert.Equal([good], store.Waiting);
        Assert.Equal(500, outbox.Counts.UsedBytes);
        using var another = DiskOutbox.Open(_folder["another"], _small);
        var reopened = OpenStore(another);
        Assert.Equal([good], reopened.Waiting);
        Assert.Equal(2, reopened.Kept.Count);
        Assert.Equal(500, another.Counts.UsedBytes);
        Assert.EndsWith(".refused", Assert.Single(Directory.EnumerateFiles(_folder["packets"], $"*{bad.Id.Value:N}*")));
    }

    [Fact]
    public void Packet_WhoseFileIsGone_GivesItsSpaceBackWhenItIsSetAside()
    {
        using var outbox = OpenOutbox();
        var store = OpenStore(outbox);
        var packet = Save(store, PacketId.New(_now), 300);
        File.Delete(_folder[$"packets/{PacketFileName.Of(packet)}"]);

        store.SetAside(packet);

        Assert.Empty(store.Waiting);
        Assert.Empty(store.Kept);
        Assert.Equal(0, outbox.Counts.UsedBytes);
    }

    private DiskOutbox OpenOutbox() => DiskOutbox.Open(_folder["outbox"], _small);

    private PacketStore OpenStore(DiskOutbox outbox) => PacketStore.Open(_folder["packets"], outbox);

    private static WaitingPacket Save(PacketStore store, PacketId id, int bytes) =>
        Assert.IsType<SaveOutcome.Saved>(store.Save(id, Bytes(bytes))).Packet;

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
