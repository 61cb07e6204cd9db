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

    /// <param name="took">From the start of the capture to the seal.</param>
    public void Write(PacketId packet, Citizen citizen, DateTimeOffset capturedAt, TimeSpan took) => DurableFile.Write(
        PathOf(packet), JsonSerializer.SerializeToUtf8Bytes(new OfferNote(citizen.Nik.Value, citizen.Name, capturedAt, citizen.Village?.Value, OfferNote.SecondsOf(took)), OfferNoteJson.Default.OfferNote));

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
/// <param name="CaptureSeconds">How long the capture took; null where that says nothing of a capture.</param>
internal sealed record OfferNote(string Nik, string Name, DateTimeOffset CapturedAt, string? Village = null, long? CaptureSeconds = null)
{
    /// <summary>What the server believes at most: whoever takes longer left the desk in between.</summary>
    private const long MostSeconds = 4 * 3600;

    /// <summary>Null for what no person's capture takes, so that a packet is never refused for it.</summary>
    public static long? SecondsOf(TimeSpan took) => (long)took.TotalSeconds is >= 1 and <= MostSeconds and var seconds ? seconds : null;

    public override string ToString() => "(offer note)";
}

[JsonSerializable(typeof(OfferNote))]
internal sealed partial class OfferNoteJson : JsonSerializerContext;
