using System.Text.Json;
using System.Text.Json.Serialization;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// What the server is to be told when a packet is offered, which is sealed inside the packet: a small file for each
/// packet on the disk, written before it and gone after it.
/// </summary>
internal sealed class OfferNotes
{
    private readonly string _directory;

    public OfferNotes(string directory)
    {
        _directory = directory;
        Directory.CreateDirectory(directory);
    }

    public void Write(PacketId packet, Citizen citizen, DateTimeOffset capturedAt) => DurableFile.Write(
        PathOf(packet), JsonSerializer.SerializeToUtf8Bytes(new OfferNote(citizen.Nik.Value, citizen.Name, capturedAt, citizen.Village?.Value), OfferNoteJson.Default.OfferNote));

    public OfferNote Read(PacketId packet) => JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(packet)), OfferNoteJson.Default.OfferNote)
        ?? throw new InvalidDataException($"The note of packet {packet} is empty.");

    public void Delete(PacketId packet) => File.Delete(PathOf(packet));

    /// <summary>Deletes what belongs to no packet: it holds a citizen's NIK and name, and nobody would ever delete it.</summary>
    public void KeepOnly(IReadOnlySet<PacketId> packets)
    {
        var kept = packets.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var stray in Directory.EnumerateFiles(_directory).Where(path => !kept.Contains(path)))
        {
            File.Delete(stray);
        }
    }

    private string PathOf(PacketId packet) => Path.Combine(_directory, packet.Value.ToString("N") + ".json");
}

/// <summary>The citizen of a waiting packet, and when he was recorded. It never shows itself in a log.</summary>
/// <param name="Village">Null where it was not asked, or the note is of an agent that could not tell.</param>
internal sealed record OfferNote(string Nik, string Name, DateTimeOffset CapturedAt, string? Village = null)
{
    public override string ToString() => "(offer note)";
}

[JsonSerializable(typeof(OfferNote))]
internal sealed partial class OfferNoteJson : JsonSerializerContext;
