using Google.Protobuf;
using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Wire;

/// <summary>A writer may run ahead of its reader by the buffers in between, and no further.</summary>
public sealed class BackpressureTests
{
    private const int Messages = 1_024;
    private const int BodyLength = 64 * 1024;

    // What HTTP/2 windows, Kestrel's buffers and the sockets hold together is far below the 64 MiB that are to be sent.
    private const int FarTooFarAhead = Messages / 2;

    // A counter that stood still during so many calls on the same connection will not move by itself.
    private const int CallsToBeSure = 50;

    private static readonly ByteString _body = ByteString.CopyFrom(new byte[BodyLength]);

    [Fact]
    public async Task ServerStreaming_ClientDoesNotRead_HoldsTheServerUntilItDoes()
    {
        var written = 0;
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = async (_, responses, context) =>
            {
                for (var number = 0; number < Messages; number++)
                {
                    await responses.WriteAsync(new Phrase { Number = number, Body = _body }, context.CancellationToken);
                    Interlocked.Increment(ref written);
                }
            },
        });
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);

        using var call = client.Count(new Phrase(), deadline: Patience.Deadline());
        var ahead = await SettledAsync(client, () => Volatile.Read(ref written));
        var numbers = await call.ResponseStream.ReadAllAsync().Select(response => response.Number).ToArrayAsync();

        Assert.InRange(ahead, 1, FarTooFarAhead);
        Assert.Equal(Enumerable.Range(0, Messages), numbers);
    }

    [Fact]
    public async Task ClientStreaming_ServerDoesNotRead_HoldsTheClientUntilItDoes()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnGather = async (requests, context) =>
            {
                await gate.Task;
                return new Phrase { Number = await requests.ReadAllAsync(context.CancellationToken).CountAsync() };
            },
        });
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);
        var written = 0;

        using var call = client.Gather(deadline: Patience.Deadline());
        var writing = WriteAllAsync();
        var ahead = await SettledAsync(client, () => Volatile.Read(ref written));
        gate.SetResult();
        await writing;
        await call.RequestStream.CompleteAsync();

        Assert.InRange(ahead, 1, FarTooFarAhead);
        Assert.Equal(Messages, (await call).Number);

        async Task WriteAllAsync()
        {
            for (var number = 0; number < Messages; number++)
            {
                await call.RequestStream.WriteAsync(new Phrase { Body = _body });
                Interlocked.Increment(ref written);
            }
        }
    }

    [Fact]
    public async Task ServerStreaming_TokenOfAHeldWriteCancelled_EndsTheWrite()
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = 0;
        using var giveUp = new CancellationTokenSource();
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = async (_, responses, _) => ended.SetResult(await Record.ExceptionAsync(async () =>
            {
                for (var number = 0; number < Messages; number++)
                {
                    await responses.WriteAsync(new Phrase { Body = _body }, giveUp.Token);
                    Interlocked.Increment(ref written);
                }
            })),
        });
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);

        using var call = client.Count(new Phrase(), deadline: Patience.Deadline());
        await SettledAsync(client, () => Volatile.Read(ref written));
        await giveUp.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.Patiently());
        Assert.InRange(written, 1, FarTooFarAhead);
    }

    private static async Task<int> SettledAsync(Parrot.ParrotClient client, Func<int> count)
    {
        using var patience = Patience.Token();
        var last = 0;
        for (var still = 0; still < CallsToBeSure;)
        {
            await client.SayAsync(new Phrase(), cancellationToken: patience.Token);
            var now = count();
            still = now > 0 && now == last ? still + 1 : 0;
            last = now;
        }

        return last;
    }
}
