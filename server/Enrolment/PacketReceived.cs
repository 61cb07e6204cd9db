using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Enrolment;

/// <summary>A packet is on the disk, whole; the signature is the receipt's, so that the journal holds what was promised.</summary>
/// <param name="File">Below the folder of packets.</param>
/// <param name="Village">Where the citizen lives, in the station's regency; null where the station did not tell.</param>
/// <param name="CaptureSeconds">How long the capture took; null where the station did not measure it.</param>
internal sealed record PacketReceived(
    string PacketId, string StationId, string Region, string CitizenId, byte[] Sha256, long Length, DateTimeOffset CapturedAt, string File, byte[] Signature,
    string? Village = null, long? CaptureSeconds = null)
    : IFact
{
    public const string Kind = "enrolment.received";

    public string Subject => "packet/" + PacketId;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PacketReceived))]
internal sealed partial class EnrolmentJson : JsonSerializerContext;
