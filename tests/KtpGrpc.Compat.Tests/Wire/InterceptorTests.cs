using System.Collections.Concurrent;
using Grpc.Core.Interceptors;
using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Wire;

public sealed class InterceptorTests
{
    private static readonly ScriptedParrot _obliging = new()
    {
        OnGather = async (requests, context) =>
        {
            await requests.ReadAllAsync(context.CancellationToken).CountAsync();
            return new Phrase();
        },
        OnCount = (_, responses, _) => responses.WriteAsync(new Phrase()),
        OnChat = (_, responses, _) => responses.WriteAsync(new Phrase()),
    };

    [Fact]
    public async Task Server_TwoInterceptors_WrapEveryKindOfCallInOrder()
    {
        var log = new ConcurrentQueue<string>();
        await using var server = await ParrotServer.StartAsync(_obliging, options =>
        {
            options.Interceptors.Add<ServerRecorder>("outer", log);
            options.Interceptors.Add<ServerRecorder>("inner", log);
        });
        using var channel = server.Dial();

        await CallEveryKindAsync(channel.CreateCallInvoker());

        Assert.Equal(Twice("Unary", "ClientStreaming", "ServerStreaming", "DuplexStreaming"), log);
    }

    [Fact]
    public async Task Client_TwoInterceptors_WrapEveryKindOfCallInOrder()
    {
        var log = new ConcurrentQueue<string>();
        await using var server = await ParrotServer.StartAsync(_obliging);
        using var channel = server.Dial();

        await CallEveryKindAsync(channel.Intercept(new ClientRecorder("outer", log), new ClientRecorder("inner", log)));

        Assert.Equal(Twice("Unary", "ClientStreaming", "ServerStreaming", "DuplexStreaming"), log);
    }

    [Fact]
    public async Task Client_BlockingCall_PassesTheInterceptorToo()
    {
        var log = new ConcurrentQueue<string>();
        await using var server = await ParrotServer.StartAsync(_obliging);
        using var channel = server.Dial();

        new Parrot.ParrotClient(channel.Intercept(new ClientRecorder("only", log))).Say(new Phrase());

        Assert.Equal(["only Blocking"], log);
    }

    [Fact]
    public async Task Client_HeaderFunction_ReplacesTheHeadersOfEveryKindOfCall()
    {
        var seen = new ConcurrentQueue<string?>();
        await using var server = await ParrotServer.StartAsync(_obliging, options => options.Interceptors.Add<HeaderRecorder>(seen));
        using var channel = server.Dial();

        var invoker = channel.Intercept(headers =>
        {
            headers.Add("mark", "by function");
            return headers;
        });
        await CallEveryKindAsync(invoker);
        new Parrot.ParrotClient(invoker).Say(new Phrase());

        Assert.Equal(Enumerable.Repeat("by function", 5), seen);
    }

    [Fact]
    public async Task Server_InterceptorTranslatesAnException_ClientSeesTheStatus()
    {
        var parrot = new ScriptedParrot { OnSay = (_, _) => throw new InvalidOperationException("inner") };
        await using var server = await ParrotServer.StartAsync(parrot, options => options.Interceptors.Add<Translator>());
        using var channel = server.Dial();

        var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase());
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Equal("translated", failure.Status.Detail);
    }

    [Fact]
    public async Task Client_InterceptorAnswersItself_NeverCallsTheServer()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");

        using var call = new Parrot.ParrotClient(channel.Intercept(new Answerer())).SayAsync(new Phrase());

        Assert.Equal("from the cache", (await call).Text);
        Assert.Equal("cached", (await call.ResponseHeadersAsync).GetValue("state"));
        Assert.Equal(Status.DefaultSuccess, call.GetStatus());
        Assert.Equal("1", call.GetTrailers().GetValue("age"));
    }

    private static IEnumerable<string> Twice(params string[] kinds) => kinds.SelectMany(kind => new[] { $"outer {kind}", $"inner {kind}" });

    private static async Task CallEveryKindAsync(CallInvoker invoker)
    {
        var client = new Parrot.ParrotClient(invoker);

        await client.SayAsync(new Phrase());

        using var gather = client.Gather();
        await gather.RequestStream.CompleteAsync();
        await gather;

        using var count = client.Count(new Phrase());
        Assert.Equal(1, await count.ResponseStream.ReadAllAsync().CountAsync());

        using var chat = client.Chat();
        await chat.RequestStream.CompleteAsync();
        Assert.Equal(1, await chat.ResponseStream.ReadAllAsync().CountAsync());
    }

    private sealed class ServerRecorder(string name, ConcurrentQueue<string> log) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} Unary");
            return base.UnaryServerHandler(request, context, continuation);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} ClientStreaming");
            return base.ClientStreamingServerHandler(requestStream, context, continuation);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} ServerStreaming");
            return base.ServerStreamingServerHandler(request, responseStream, context, continuation);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} DuplexStreaming");
            return base.DuplexStreamingServerHandler(requestStream, responseStream, context, continuation);
        }
    }

    private sealed class ClientRecorder(string name, ConcurrentQueue<string> log) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} Blocking");
            return base.BlockingUnaryCall(request, context, continuation);
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            Record(context);
            return base.AsyncUnaryCall(request, context, continuation);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            Record(context);
            return base.AsyncClientStreamingCall(context, continuation);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            Record(context);
            return base.AsyncServerStreamingCall(request, context, continuation);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            Record(context);
            return base.AsyncDuplexStreamingCall(context, continuation);
        }

        private void Record<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class =>
            log.Enqueue($"{name} {context.Method.Type}");
    }

    private sealed class HeaderRecorder(ConcurrentQueue<string?> seen) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Record(context);
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Record(context);
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Record(context);
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Record(context);
            return continuation(requestStream, responseStream, context);
        }

        private void Record(ServerCallContext context) => seen.Enqueue(context.RequestHeaders.GetValue("mark"));
    }

    private sealed class Translator : Interceptor
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            try
            {
                return await continuation(request, context);
            }
            catch (InvalidOperationException)
            {
                throw new RpcException(new Status(StatusCode.FailedPrecondition, "translated"));
            }
        }
    }

    private sealed class Answerer : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
            new(
                Task.FromResult((TResponse)(object)new Phrase { Text = "from the cache" }),
                Task.FromResult(new Metadata { { "state", "cached" } }),
                () => Status.DefaultSuccess,
                () => new Metadata { { "age", "1" } },
                () => { });
    }
}
