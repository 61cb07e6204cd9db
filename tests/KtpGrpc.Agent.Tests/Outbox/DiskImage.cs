namespace KtpGrpc.Agent.Tests.Outbox;

/// <summary>What is on the disk at this moment, as a killed process would leave it: a copy of the outbox's folder.</summary>
internal static class DiskImage
{
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var path in Directory.EnumerateFiles(from).Where(path => Path.GetFileName(path) != "lock"))
        {
            using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = new FileStream(Path.Combine(to, Path.GetFileName(path)), FileMode.Create, FileAccess.Write);
            source.CopyTo(target);
        }
    }

    public static string NewestSegment(string directory) =>
        Directory.EnumerateFiles(directory, "*.seg").Max(StringComparer.Ordinal)!;
}
