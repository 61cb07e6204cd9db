using System.Text.Json.Serialization;

namespace KtpGrpc.Server.Journal;

/// <summary>The lines of an exported journal: a header, each fact, the checkpoint that they are proven against.</summary>
internal static class JournalFile
{
    public const string Form = "ktp-journal-export-v1";
    public const string Whole = "whole";
    public const string Chosen = "chosen";

    /// <param name="Facts">whole: positions 0 to before the tree's size; chosen: some of them, each with its path to the root.</param>
    internal sealed record Header(string Form, long TreeSize, string Facts, long Count);

    internal sealed record FactLine(
        long Position, DateTimeOffset At, string Actor, string Region, string Subject, string Kind, string Payload, string Hash, IReadOnlyList<string>? Path)
    {
        public static FactLine Of(SealedFact fact, IEnumerable<byte[]>? path) => new(
            fact.Position, fact.At, fact.Actor, fact.Region, fact.Subject, fact.Kind, fact.Payload, Convert.ToHexStringLower(fact.Hash),
            path?.Select(Convert.ToHexStringLower).ToList());
    }

    internal sealed record CheckpointLine(CheckpointLine.Signed Checkpoint)
    {
        public static CheckpointLine Of(Checkpoint checkpoint) => new(new Signed(
            checkpoint.Size, Convert.ToHexStringLower(checkpoint.Root), checkpoint.At,
            Convert.ToBase64String(checkpoint.Signature), Convert.ToBase64String(checkpoint.PublicKey)));

        internal sealed record Signed(long Size, string Root, DateTimeOffset At, string Signature, string PublicKey);
    }
}

[JsonSerializable(typeof(JournalFile.Header))]
[JsonSerializable(typeof(JournalFile.FactLine))]
[JsonSerializable(typeof(JournalFile.CheckpointLine))]
internal sealed partial class JournalFileJson : JsonSerializerContext
{
    public static readonly JournalFileJson Compact = new(SignedFile.Compact);
}
