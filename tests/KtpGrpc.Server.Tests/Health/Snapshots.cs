using Grpc.Core;
using Ktp.Health.V1;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

internal static class Snapshots
{
    /// <summary>Reads a watch up to the end of its first picture: what comes then are changes.</summary>
    public static async Task PassSnapshotAsync(this IAsyncStreamReader<WatchConditionsResponse> watch)
    {
        do
        {
            Assert.True(await watch.MoveNext(CancellationToken.None));
        }
        while (!watch.Current.SnapshotComplete);
    }
}
