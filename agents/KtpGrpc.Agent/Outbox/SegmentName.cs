using System.Globalization;

namespace KtpGrpc.Agent.Outbox;

/// <summary>A segment's file name: its class and the first position it may hold, so that names sort as records do.</summary>
internal static class SegmentName
{
    private const string Suffix = ".seg";

    public static string Of(string directory, RecordClass recordClass, long firstPosition) =>
        Path.Combine(directory, Prefix(recordClass) + firstPosition.ToString("D19", CultureInfo.InvariantCulture) + Suffix);

    /// <summary>All segments of a class, oldest first.</summary>
    public static IEnumerable<string> Existing(string directory, RecordClass recordClass) =>
        Directory.EnumerateFiles(directory, Prefix(recordClass) + "*" + Suffix).Order(StringComparer.Ordinal);

    private static string Prefix(RecordClass recordClass) => recordClass == RecordClass.Durable ? "durable-" : "evictable-";
}
