using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Destruction;

/// <summary>The record of a destruction as a file that proves itself: the record, the cards by reason, the signature.</summary>
internal static class RecordFile
{
    public const string Form = "ktp-destruction-v1";

    /// <summary>Cards that stand in one line at most.</summary>
    private const int MostInLine = 1_000;

    /// <summary>The lines that name the cards, reason by reason, serials rising.</summary>
    public static IEnumerable<byte[]> CardLines(IEnumerable<(InvalidReason Reason, long Serial)> cards) =>
        from reason in cards.GroupBy(card => card.Reason)
        orderby reason.Key
        from serials in reason.Select(card => card.Serial).Order().Chunk(MostInLine)
        select SignedFile.Line(new Cards(reason.Key, serials), RecordFileJson.Compact.Cards);

    public static byte[] RecordLine(Record record) => SignedFile.Line(record, RecordFileJson.Compact.Record);

    /// <summary>The line as it was when it was signed.</summary>
    public static byte[] RecordLine(string record) => Encoding.UTF8.GetBytes(record + "\n");

    public static Record Read(string record) =>
        JsonSerializer.Deserialize(record, RecordFileJson.Compact.Record) ?? throw new InvalidDataException("A record of destruction is null.");

    public static byte[] Sha256(params IEnumerable<byte[]> lines)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            sha.AppendData(line);
        }

        return sha.GetHashAndReset();
    }

    /// <param name="ListSha256">Of all card lines with their ends.</param>
    internal sealed record Record(
        string Form, string Number, string DestructionId, string Office, string OfficeName, DestructionMethod Method, string Place,
        DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, DateTimeOffset SealedAt, long Cards,
        IReadOnlyList<ReasonTotal> Totals, IReadOnlyList<Signed> Signatories, string ListSha256);

    internal sealed record Signed(string Operator, SignatoryRole Role, string OnBehalfOf, long Counted, DateTimeOffset SignedAt);

    internal sealed record Cards(InvalidReason Reason, IReadOnlyList<long> Serials);
}

[JsonSerializable(typeof(RecordFile.Record))]
[JsonSerializable(typeof(RecordFile.Cards))]
internal sealed partial class RecordFileJson : JsonSerializerContext
{
    public static readonly RecordFileJson Compact = new(WithWords());

    /// <summary>Enums by the contract's words.</summary>
    internal static JsonSerializerOptions WithWords()
    {
        var options = SignedFile.Compact;
        options.Converters.Add(new JsonStringEnumConverter<InvalidReason>(JsonNamingPolicy.SnakeCaseUpper));
        options.Converters.Add(new JsonStringEnumConverter<DestructionMethod>(JsonNamingPolicy.SnakeCaseUpper));
        options.Converters.Add(new JsonStringEnumConverter<SignatoryRole>(JsonNamingPolicy.SnakeCaseUpper));
        return options;
    }
}
