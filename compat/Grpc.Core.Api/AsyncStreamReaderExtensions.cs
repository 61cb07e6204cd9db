using Grpc.Core.Utils;

namespace Grpc.Core;

/// <summary>Reads streams without a token.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>Moves to the next message; false at the end of the stream.</summary>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
        where T : class =>
        GrpcPreconditions.CheckNotNull(streamReader, nameof(streamReader)).MoveNext(CancellationToken.None);
}
