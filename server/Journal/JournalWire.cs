using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using KtpGrpc.Server.Rpc;
using Wire = Ktp.Journal.V1;

namespace KtpGrpc.Server.Journal;

/// <summary>The journal as the wire has it.</summary>
internal static class JournalWire
{
    /// <summary>Positions in their order; refuses with INVALID_ARGUMENT one that comes twice.</summary>
    public static List<long> RequirePositions(IReadOnlyCollection<long> positions, int least, int most)
    {
        Require.Within(positions.Count, "the number of positions", least, most);
        var ordered = positions.Select(position => Require.Within(position, "positions", 0, long.MaxValue)).Order().ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i] == ordered[i - 1])
            {
                throw Refuse.Invalid($"Position {ordered[i]} is named twice: name each once.");
            }
        }

        return ordered;
    }

    public static Wire.Fact ToWire(SealedFact fact) => new()
    {
        Position = fact.Position,
        At = fact.At.ToTimestamp(),
        Actor = fact.Actor,
        RegionCode = fact.Region,
        Subject = fact.Subject,
        Kind = fact.Kind,
        Payload = fact.Payload,
        Hash = ByteString.CopyFrom(fact.Hash),
    };

    public static Wire.ProvenFact ToWire((SealedFact Fact, List<byte[]> Path) proven) =>
        new() { Fact = ToWire(proven.Fact), Path = { proven.Path.Select(node => ByteString.CopyFrom(node)) } };

    public static Wire.Checkpoint ToWire(Checkpoint checkpoint) => new()
    {
        Size = checkpoint.Size,
        Root = ByteString.CopyFrom(checkpoint.Root),
        At = checkpoint.At.ToTimestamp(),
        Signature = ByteString.CopyFrom(checkpoint.Signature),
        PublicKey = ByteString.CopyFrom(checkpoint.PublicKey),
    };
}
