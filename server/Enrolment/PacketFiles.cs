using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Enrolment;

/// <summary>
/// The packets on the disk: <c>incoming</c> holds what is on its way, where the length of a file is the only truth about
/// how much is here; the rest lies by district and month.
/// </summary>
internal sealed class PacketFiles
{
    private readonly string _root;
    private readonly string _incoming;

    public PacketFiles(DataFolder folder)
    {
        _root = Path.Combine(folder.Root, "packets");
        _incoming = Path.Combine(_root, "incoming");
        DurableFolder.Create(_incoming);
    }

    /// <summary>How many bytes of an offered packet are here; more than it can have are worth nothing.</summary>
    public long LengthOf(PacketOffer offer)
    {
        var file = new FileInfo(IncomingOf(offer.Seal.Id));
        return file.Exists && file.Length <= offer.Seal.Length ? file.Length : 0;
    }

    /// <summary>Opens what is here of a packet, for more.</summary>
    public PartialPacket Open(PacketOffer offer) => new(IncomingOf(offer.Seal.Id), offer.Seal);

    /// <summary>Gives a whole, flushed packet its place; durable on return.</summary>
    public void Keep(PacketOffer offer) => Keep(offer.Seal.Id, KeptOf(offer));

    public bool IsKept(PacketOffer offer) => File.Exists(KeptOf(offer));

    /// <summary>
    /// A crash after a packet got its place and before that was written down: it is on its way again, whole. To be called only
    /// while its offer is known to be open; where it is done already, nothing is left to do.
    /// </summary>
    public void TakeBack(PacketOffer offer)
    {
        if (IsKept(offer))
        {
            File.Move(KeptOf(offer), IncomingOf(offer.Seal.Id), overwrite: true);
        }
    }

    /// <summary>Puts a received packet that lies among the incoming ones where it belongs; what is not it stays where it is.</summary>
    /// <param name="file">Where it belongs, below the folder of packets.</param>
    public void PutBack(PacketSeal seal, string file)
    {
        var kept = Path.Combine(_root, file);
        if (File.Exists(kept))
        {
            Discard(seal.Id);
            return;
        }

        using (var found = new PartialPacket(IncomingOf(seal.Id), seal))
        {
            if (!found.IsWhole || !found.HasItsHash())
            {
                return;
            }

            found.Flush();
        }

        Keep(seal.Id, kept);
    }

    /// <summary>Throws away all that is here of a packet that was never received, and cannot be any more.</summary>
    public void Discard(PacketOffer offer)
    {
        Discard(offer.Seal.Id);
        if (File.Exists(KeptOf(offer)))
        {
            File.Delete(KeptOf(offer));
        }
    }

    /// <summary>Throws away what is on its way; a packet that has its place stays there.</summary>
    public void Discard(PacketId id) => File.Delete(IncomingOf(id));

    /// <summary>The packets that have a file among the incoming ones.</summary>
    public List<PacketId> ListIncoming() =>
        [.. Directory.EnumerateFiles(_incoming).Select(Path.GetFileName).Where(name => PacketId.TryParse(name, out _)).Select(name => PacketId.Trusted(name!))];

    private void Keep(PacketId id, string kept)
    {
        DurableFolder.Create(Path.GetDirectoryName(kept)!);
        File.Move(IncomingOf(id), kept, overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(kept)!);
    }

    private string IncomingOf(PacketId id) => Path.Combine(_incoming, id.Value);

    private string KeptOf(PacketOffer offer) => Path.Combine(_root, offer.File);
}
