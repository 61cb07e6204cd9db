using System.Threading.Channels;
using Grpc.Core;
using Ktp.Session.V1;

namespace KtpGrpc.Benchmarks.Bare;

/// <summary>
/// Parses the stations' stream and acknowledges it: either each message by an ack of its own, or as ours does, where an
/// ack waits for its turn on the wire and covers all that came meanwhile.
/// </summary>
internal sealed class BareSessionService(bool acksEach) : SessionService.SessionServiceBase
{
    private const int Window = 100;

    public override async Task Connect(IAsyncStreamReader<ConnectRequest> requestStream, IServerStreamWriter<ConnectResponse> responseStream, ServerCallContext context)
    {
        await requestStream.MoveNext(context.CancellationToken);
        await responseStream.WriteAsync(new ConnectResponse { Welcome = new Welcome { Window = Window } }, context.CancellationToken);
        await (acksEach
            ? AckEachAsync(requestStream, responseStream, context.CancellationToken)
            : AckTogetherAsync(requestStream, responseStream, context.CancellationToken));
    }

    private static async Task AckEachAsync(IAsyncStreamReader<ConnectRequest> requests, IServerStreamWriter<ConnectResponse> responses, CancellationToken cancellation)
    {
        while (await requests.MoveNext(cancellation))
        {
            await responses.WriteAsync(AckOf(requests.Current.Sequence), cancellation);
        }
    }

    private static async Task AckTogetherAsync(IAsyncStreamReader<ConnectRequest> requests, IServerStreamWriter<ConnectResponse> responses, CancellationToken cancellation)
    {
        ulong seen = 0;
        var waits = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, SingleWriter = true });
        var writing = WriteAsync();
        while (await requests.MoveNext(cancellation))
        {
            Volatile.Write(ref seen, requests.Current.Sequence);
            waits.Writer.TryWrite(true);
        }

        waits.Writer.Complete();
        await writing;

        async Task WriteAsync()
        {
            await foreach (var _ in waits.Reader.ReadAllAsync(cancellation))
            {
                await responses.WriteAsync(AckOf(Volatile.Read(ref seen)), cancellation);
            }
        }
    }

    private static ConnectResponse AckOf(ulong sequence) => new() { Ack = new Ack { SeenSequence = sequence } };
}
