using System.Threading.Channels;
using Grpc.Core;
using Ktp.Session.V1;

namespace KtpGrpc.Agent.Tests.Session;

/// <summary>A session's wire whose server says what the test wrote down, and which breaks when the test says so.</summary>
internal sealed class ScriptedWire : CallInvoker, IClientStreamWriter<ConnectRequest>, IAsyncStreamReader<ConnectResponse>
{
    // Unbounded: a test writes a handful.
    private readonly Channel<ConnectResponse> _fromServer = Channel.CreateUnbounded<ConnectResponse>();

    public Exception? WritesFailWith { get; set; }

    public WriteOptions? WriteOptions { get; set; }

    public ConnectResponse Current { get; private set; } = new();

    public void Say(ConnectResponse message) => _fromServer.Writer.TryWrite(message);

    /// <summary>The next read throws this; without one the server has ended the stream.</summary>
    public void End(Exception? fault = null) => _fromServer.Writer.TryComplete(fault);

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!await _fromServer.Reader.WaitToReadAsync(cancellationToken))
        {
            return false;
        }

        Current = await _fromServer.Reader.ReadAsync(cancellationToken);
        return true;
    }

    public Task WriteAsync(ConnectRequest message) => WritesFailWith is { } fault ? Task.FromException(fault) : Task.CompletedTask;

    public Task WriteAsync(ConnectRequest message, CancellationToken cancellationToken) => WriteAsync(message);

    public Task CompleteAsync() => Task.CompletedTask;

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => new(
            (IClientStreamWriter<TRequest>)(object)this, (IAsyncStreamReader<TResponse>)(object)this, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => End());

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
}
