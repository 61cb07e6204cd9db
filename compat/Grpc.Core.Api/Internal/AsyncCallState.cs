namespace Grpc.Core.Internal;

/// <summary>What the four kinds of client call have in common: headers, outcome, trailers, disposal.</summary>
internal readonly struct AsyncCallState(
    Func<object, Task<Metadata>> responseHeadersAsync,
    Func<object, Status> getStatusFunc,
    Func<object, Metadata> getTrailersFunc,
    Action<object> disposeAction,
    object state)
{
    public AsyncCallState(
        Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
        : this(
            _ => responseHeadersAsync,
            _ => getStatusFunc(),
            _ => getTrailersFunc(),
            _ => disposeAction(),
            responseHeadersAsync)
    {
    }

    public Task<Metadata> ResponseHeadersAsync => responseHeadersAsync(state);

    public Status Status => getStatusFunc(state);

    public Metadata Trailers => getTrailersFunc(state);

    public void Dispose() => disposeAction(state);
}
