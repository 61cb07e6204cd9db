using Grpc.Core;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Enrolment;

/// <summary>Which chunk may come next.</summary>
internal static class Chunk
{
    /// <summary>Arrays above 85,000 bytes fill the large-object heap: 64 KB keeps uploads out of it.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Why a chunk is not taken, or null.</summary>
    /// <param name="here">How many bytes of the packet are here.</param>
    /// <param name="whole">How many it has.</param>
    public static RpcException? Refusal(long here, long whole, long offset, int bytes)
    {
        if (bytes is 0 or > MostBytes)
        {
            return Refuse.Invalid($"A chunk has 1 to {MostBytes} bytes; this one has {bytes}.");
        }

        if (offset != here)
        {
            return OutOfRange($"The chunk starts at byte {offset}; byte {here} is next. What arrived is kept: offer again.");
        }

        return bytes > whole - here
            ? OutOfRange($"The chunk ends at byte {offset + bytes}; the packet has {whole}. What arrived is kept: offer again.")
            : null;
    }

    public static RpcException EndedEarly(long here, long whole) =>
        OutOfRange($"The stream ended at byte {here} of {whole}. What arrived is kept: offer again.");

    private static RpcException OutOfRange(string message) => Refuse.Because(StatusCode.OutOfRange, message);
}
