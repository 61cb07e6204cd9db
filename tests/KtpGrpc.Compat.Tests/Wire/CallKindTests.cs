using Google.Protobuf;
using KtpGrpc.Compat.Tests.Server;
using Microsoft.AspNetCore.Builder;

namespace KtpGrpc.Compat.Tests.Wire;

public sealed class CallKindTests
{
    [Fact]
    public async Task Unary_Called_ReturnsTheServersAnswer()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, _) => Task.FromResult(new Phrase { Text = $"hello, {request.Text}" }),
        });
        using var channel = server.Dial();

        var answer = await new Parrot.ParrotClient(channel).SayAsync(new Phrase { Text = "world" });

        Assert.Equal("hello, world", answer.Text);
    }

    [Fact]
    public async Task Unary_CalledWithBlocking_ReturnsTheServersAnswer()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, _) => Task.FromResult(new Phrase { Number = request.Number + 1 }),
        });
        using var channel = server.Dial();

        var answer = new Parrot.ParrotClient(channel).Say(new Phrase { Number = 41 });

        Assert.Equal(42, answer.Number);
    }

    [Fact]
    public async Task Unary_CalledManyTimesAtOnce_GivesEveryCallerItsOwnAnswer()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot());
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);

        var numbers = Enumerable.Range(0, 200).ToArray();
        var answers = await Task.WhenAll(numbers.Select(number => client.SayAsync(new Phrase { Number = number }).ResponseAsync));

        Assert.Equal(numbers, answers.Select(answer => answer.Number));
    }

    [Fact]
    public async Task ClientStreaming_SeveralRequests_AreGatheredInOrder()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnGather = async (requests, context) =>
            {
                var words = new List<string>();
                await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
                {
                    words.Add(request.Text);
                }

                return new Phrase { Text = string.Join(' ', words) };
            },
        });
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel).Gather();
        foreach (var word in "one two three".Split(' '))
        {
            await call.RequestStream.WriteAsync(new Phrase { Text = word });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal("one two three", (await call).Text);
    }

    [Fact]
    public async Task ServerStreaming_SeveralResponses_ArriveInOrderAndEnd()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = async (request, responses, _) =>
            {
                for (var number = 1; number <= request.Number; number++)
                {
                    await responses.WriteAsync(new Phrase { Number = number });
                }
            },
        });
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel).Count(new Phrase { Number = 5 });
        var numbers = new List<int>();
        while (await call.ResponseStream.MoveNext())
        {
            numbers.Add(call.ResponseStream.Current.Number);
        }

        Assert.Equal([1, 2, 3, 4, 5], numbers);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task DuplexStreaming_EachRequestSentAfterTheAnswerToTheLast_IsAnsweredAtOnce()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnChat = async (requests, responses, context) =>
            {
                await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
                {
                    await responses.WriteAsync(new Phrase { Text = request.Text.ToUpperInvariant() }, context.CancellationToken);
                }
            },
        });
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel).Chat(deadline: Patience.Deadline());
        foreach (var word in new[] { "a", "b", "c" })
        {
            await call.RequestStream.WriteAsync(new Phrase { Text = word });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(word.ToUpperInvariant(), call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Unary_MethodDescribedByHandWithArrayMarshallers_ReachesTheSameService()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, _) => Task.FromResult(new Phrase { Text = request.Text + "!" }),
        });
        using var channel = server.Dial();
        var bytes = Marshallers.Create(array => array, array => array);
        var say = new Method<byte[], byte[]>(MethodType.Unary, "ktpgrpc.compat.tests.Parrot", "Say", bytes, bytes);

        var answer = await channel.CreateCallInvoker()
            .AsyncUnaryCall(say, null, new CallOptions(), new Phrase { Text = "raw" }.ToByteArray());

        Assert.Equal("raw!", Phrase.Parser.ParseFrom(answer).Text);
    }

    [Fact]
    public async Task Unary_ServiceMappedFromItsDefinition_IsServed()
    {
        var parrot = new ScriptedParrot { OnSay = (request, _) => Task.FromResult(new Phrase { Number = -request.Number }) };
        await using var server = await ParrotServer.StartAsync(parrot, map: routes => routes.MapGrpcService(Parrot.BindService(parrot)));
        using var channel = server.Dial();

        var answer = await new Parrot.ParrotClient(channel).SayAsync(new Phrase { Number = 7 });

        Assert.Equal(-7, answer.Number);
    }
}
