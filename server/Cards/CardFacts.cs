using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Cards;

/// <summary>A range of blanks was handed over to an office, against a signed document.</summary>
internal sealed record BlanksReceived(string Region, SerialRange Serials, string Document) : IFact
{
    public const string Kind = "cards.blanks-received";

    public string Subject => "office/" + Region;
}

/// <summary>Blanks went from their office's vault into the hopper of a station.</summary>
internal sealed record HopperLoaded(string StationId, string Region, IReadOnlyList<SerialRange> Serials) : IFact
{
    public const string Kind = "cards.hopper-loaded";

    public string Subject => "station/" + StationId;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BlanksReceived))]
[JsonSerializable(typeof(HopperLoaded))]
internal sealed partial class CardJson : JsonSerializerContext;
