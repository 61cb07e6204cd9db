using System.Globalization;

namespace KtpGrpc.Agent.Outbox;

/// <summary>A segment's file name: the first position it may hold, so that names sort as records do.</summary>
internal static class SegmentName
{
    private const string Suffix = ".seg";

    public static string Of(string directory, long firstPosition) =>
        Path.Combine(directory, firstPosition.ToString("D19", CultureInfo.InvariantCulture) + Suffix);

    /// <summary>All segments, oldest first.</summary>
    public static IEnumerable<string> Existing(string directory) =>
        Directory.EnumerateFiles(directory, "*" + Suffix).Order(StringComparer.Ordinal);
}
