using System.Text.Json.Serialization;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Tests.Cards;

/// <summary>Stands for the facts of the folders that consume and destroy cards.</summary>
internal sealed record MovedFact(long Serial, CardState To) : ICardFact
{
    public string Subject => "card/" + Serial;

    public string Region => "";

    public IReadOnlyList<SerialRange> Cards => [SerialRange.One(Serial)];

    public static void AddTo(FactCatalog catalog) => catalog.Add("tests.moved", MovedJson.Default.MovedFact, (tx, _, fact) =>
        CardFold.MoveAsync(tx, fact.Serial, fact.To, fact.To == CardState.Spoiled ? InvalidReason.Print : null));
}

[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(MovedFact))]
internal sealed partial class MovedJson : JsonSerializerContext;
