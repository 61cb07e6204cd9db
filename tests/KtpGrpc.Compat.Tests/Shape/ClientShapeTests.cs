namespace KtpGrpc.Compat.Tests.Shape;

public sealed class ClientShapeTests
{
    [Fact]
    public void Client_WithoutChannel_ThrowsOnEveryCall()
    {
        var client = new DoubleOfClient();

        Assert.Throws<NotImplementedException>(() => client.Say(new Phrase()));
        Assert.Throws<NotImplementedException>(() => client.SayAsync(new Phrase()));
        Assert.Throws<NotImplementedException>(() => client.Count(new Phrase()));
        Assert.Throws<NotImplementedException>(() => client.Gather());
        Assert.Throws<NotImplementedException>(() => client.Chat());
    }

    [Fact]
    public void Client_WithHost_NamesItInEveryCall()
    {
        var invoker = new HostRecorder();
        var client = new Parrot.ParrotClient(invoker).WithHost("other");

        client.Say(new Phrase());
        client.SayAsync(new Phrase());
        client.Count(new Phrase());
        client.Gather();
        client.Chat();

        Assert.Equal(Enumerable.Repeat("other", 5), invoker.Hosts);
    }

    [Fact]
    public void CallOptions_ChangedOneByOne_KeepTheRest()
    {
        Metadata headers = [];
        var deadline = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        var credentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);
        using var cancellation = new CancellationTokenSource();

        var options = new CallOptions()
            .WithHeaders(headers)
            .WithDeadline(deadline)
            .WithCancellationToken(cancellation.Token)
            .WithWriteOptions(WriteOptions.Default)
            .WithCredentials(credentials)
            .WithWaitForReady();

        Assert.Same(headers, options.Headers);
        Assert.Equal(deadline, options.Deadline);
        Assert.Equal(cancellation.Token, options.CancellationToken);
        Assert.Same(WriteOptions.Default, options.WriteOptions);
        Assert.Same(credentials, options.Credentials);
        Assert.True(options.IsWaitForReady);
        Assert.False(options.WithWaitForReady(false).IsWaitForReady);
    }

    [Fact]
    public async Task StreamWriter_ThatKnowsNoTokens_RefusesThoseThatCanFire()
    {
        var plain = new ListWriter();
        IAsyncStreamWriter<string> writer = plain;
        using var cancellation = new CancellationTokenSource();

        await writer.WriteAsync("kept", CancellationToken.None);
        await Assert.ThrowsAsync<NotSupportedException>(() => writer.WriteAsync("lost", cancellation.Token));

        Assert.Equal(["kept"], plain.Messages);
    }

    [Fact]
    public void CallCredentials_ComposedOfOne_AreRefused()
    {
        var one = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);

        Assert.Throws<ArgumentException>(() => CallCredentials.Compose(one));
    }

    private sealed class DoubleOfClient : Parrot.ParrotClient;

    private sealed class ListWriter : IAsyncStreamWriter<string>
    {
        public List<string> Messages { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(string message)
        {
            Messages.Add(message);
            return Task.CompletedTask;
        }
    }

    private sealed class HostRecorder : CallInvoker
    {
        public List<string?> Hosts { get; } = [];

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            Record<TResponse>(host);

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            Record<AsyncUnaryCall<TResponse>>(host);

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            Record<AsyncServerStreamingCall<TResponse>>(host);

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            Record<AsyncClientStreamingCall<TRequest, TResponse>>(host);

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            Record<AsyncDuplexStreamingCall<TRequest, TResponse>>(host);

        private T Record<T>(string? host)
            where T : class
        {
            Hosts.Add(host);
            return null!;
        }
    }
}
