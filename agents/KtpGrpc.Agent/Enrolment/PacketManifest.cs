using System.Text.Encodings.Web;
using System.Text.Json;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>What <c>packet.json</c> in a packet says of itself, beside the size and SHA-256 of every part.</summary>
/// <param name="CapturedAt">Taken from the kiosk's clock, corrected by the offset measured against the server.</param>
internal sealed record PacketManifest(PacketId Packet, StationId Station, DateTimeOffset CapturedAt, Citizen Citizen)
{
    public const string FileName = "packet.json";

    /// <summary>Room for the longest name, escaped, and all parts.</summary>
    public const int MostBytes = 8 * 1024;

    private const int FormatVersion = 1;

    // The file stands alone; names are written as they are spelt.
    private static readonly JsonWriterOptions _spelling = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void WriteTo(Stream stream, IEnumerable<PacketPart> parts)
    {
        using var json = new Utf8JsonWriter(stream, _spelling);
        json.WriteStartObject();
        json.WriteNumber("formatVersion", FormatVersion);
        json.WriteString("packetId", Packet.Value);
        json.WriteString("stationId", Station.Value);
        json.WriteString("capturedAt", CapturedAt.UtcDateTime);
        json.WriteString("nik", Citizen.Nik.Value);
        json.WriteString("name", Citizen.Name);
        if (Citizen.Village is { } village)
        {
            json.WriteString("village", village.Value);
        }

        json.WriteStartArray("parts");
        foreach (var part in parts)
        {
            json.WriteStartObject();
            json.WriteString("file", part.FileName);
            json.WriteNumber("bytes", part.Bytes);
            json.WriteString("sha256", part.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
