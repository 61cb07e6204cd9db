using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Ktp.Enrolment.V1;

namespace KtpGrpc.Benchmarks.Bare;

/// <summary>Writes a stream's chunks to a file, hashes them as they come, flushes the file and answers with the hash.</summary>
internal sealed class BareEnrolmentService(string folder) : EnrolmentService.EnrolmentServiceBase
{
    public override async Task<UploadResponse> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await requestStream.MoveNext(context.CancellationToken);
        var id = requestStream.Current.PacketId;
        using var file = File.OpenHandle(Path.Combine(folder, id), FileMode.CreateNew, FileAccess.Write);
        long length = 0;
        do
        {
            var chunk = requestStream.Current.Data.Span;
            RandomAccess.Write(file, chunk, length);
            sha.AppendData(chunk);
            length += chunk.Length;
        }
        while (await requestStream.MoveNext(context.CancellationToken));

        RandomAccess.FlushToDisk(file);
        return new UploadResponse { Receipt = new Receipt { PacketId = id, Length = length, Sha256 = ByteString.CopyFrom(sha.GetHashAndReset()) } };
    }
}
