using Google.Protobuf;
using Grpc.Core;

namespace KtpGrpc.Ctl;

/// <summary>Writes what a server streams into a file: whole, or not at all.</summary>
internal static class Download
{
    public static async Task ToFileAsync<T>(IAsyncStreamReader<T> pieces, Func<T, ByteString> data, string path, CancellationToken cancellation)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            await using (var file = File.Create(unfinished))
            {
                await foreach (var piece in pieces.ReadAllAsync(cancellation))
                {
                    await file.WriteAsync(data(piece).Memory, cancellation);
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
