using Grpc.Core;

namespace KtpGrpc.Fleet.Run;

/// <summary>
/// Counts the answers by which the server said that it failed itself. Such a call is made again like one that met a server
/// that was away, so nothing else would show them.
/// </summary>
internal sealed class ServerFaults
{
    private int _internal;
    private int _unknown;

    public int Internal => Volatile.Read(ref _internal);

    public int Unknown => Volatile.Read(ref _unknown);

    /// <param name="code">What the server said; what the wire made of a broken connection is not to be counted.</param>
    public void Note(StatusCode? code)
    {
        if (code == StatusCode.Internal)
        {
            Interlocked.Increment(ref _internal);
        }
        else if (code == StatusCode.Unknown)
        {
            Interlocked.Increment(ref _unknown);
        }
    }

    /// <summary>One sentence for each kind that came.</summary>
    public IEnumerable<string> Sentences()
    {
        if (Internal > 0)
        {
            yield return $"The server failed {Internal} calls with INTERNAL; its log says why.";
        }

        if (Unknown > 0)
        {
            yield return $"The server ended {Unknown} calls with UNKNOWN.";
        }
    }
}
