namespace KtpGrpc.Compat.Tests.Server;

/// <summary>A service that does in each method what the test at hand says, so that a test shows both ends of its call.</summary>
internal sealed class ScriptedParrot : Parrot.ParrotBase
{
    public UnaryServerMethod<Phrase, Phrase> OnSay { get; init; } = (request, _) => Task.FromResult(request);

    public ClientStreamingServerMethod<Phrase, Phrase> OnGather { get; init; } = (_, _) => Unscripted<Phrase>();

    public ServerStreamingServerMethod<Phrase, Phrase> OnCount { get; init; } = (_, _, _) => Unscripted<Phrase>();

    public DuplexStreamingServerMethod<Phrase, Phrase> OnChat { get; init; } = (_, _, _) => Unscripted<Phrase>();

    public override Task<Phrase> Say(Phrase request, ServerCallContext context) => OnSay(request, context);

    public override Task<Phrase> Gather(IAsyncStreamReader<Phrase> requestStream, ServerCallContext context) =>
        OnGather(requestStream, context);

    public override Task Count(Phrase request, IServerStreamWriter<Phrase> responseStream, ServerCallContext context) =>
        OnCount(request, responseStream, context);

    public override Task Chat(
        IAsyncStreamReader<Phrase> requestStream, IServerStreamWriter<Phrase> responseStream, ServerCallContext context) =>
        OnChat(requestStream, responseStream, context);

    private static Task<T> Unscripted<T>() => throw new RpcException(new Status(StatusCode.Unimplemented, "not in the script"));
}
