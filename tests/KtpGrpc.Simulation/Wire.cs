using Google.Protobuf;
using Grpc.Core;

namespace KtpGrpc.Simulation;

/// <summary>
/// The network between stations and servers: messages lie here until the run picks one, in any order. An answer to somebody
/// who died is picked like any other, and reaches nobody.
/// </summary>
internal sealed class Wire
{
    private readonly List<Message> _waiting = [];

    public int Count => _waiting.Count;

    public void Put(Message message) => _waiting.Add(message);

    /// <summary>Takes a message out, and tells whether an older one was passed over.</summary>
    public (Message Message, bool Reordered) Take(Chance chance)
    {
        // Mostly the oldest: a network that only shuffles never gets anywhere.
        var index = chance.OneIn(4) ? chance.Below(_waiting.Count) : 0;
        var message = _waiting[index];
        _waiting.RemoveAt(index);
        return (message, index > 0);
    }

    /// <summary>
    /// Minutes have passed, and a station gives a call up after 30 seconds: whatever it waits for never comes. A request that
    /// is still under way may yet arrive.
    /// </summary>
    public void GiveUp(Station station)
    {
        foreach (var message in _waiting.Where(message => message.Station == station).ToList())
        {
            _waiting.Remove(message);
            if (message.Copy is not null)
            {
                _waiting.Add(message.Copy());
            }

            message.Lose();
        }
    }

    /// <summary>The line of one process of a station.</summary>
    public CallInvoker LineOf(Station station) => new Line(this, station);

    /// <param name="Deliver">Brings it to its end.</param>
    /// <param name="Lose">Tells the sender, who waits, that his line broke.</param>
    /// <param name="Copy">The same message once more, where the network doubles it; answers are not doubled.</param>
    internal sealed record Message(Station Station, string What, Action<World> Deliver, Action Lose, Func<Message>? Copy);

    private sealed class Line(Wire wire, Station station) : CallInvoker
    {
        private readonly int _process = station.Process;

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            // The continuation runs where the answer is delivered, so that a run is one thread of events.
            var answer = new TaskCompletionSource<TResponse>();
            wire.Put(Request(method, (TRequest)((IDeepCloneable<TRequest>)request).Clone(), answer));
            return new AsyncUnaryCall<TResponse>(answer.Task, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        private Message Request<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, TaskCompletionSource<TResponse>? answer)
            where TRequest : class where TResponse : class => new(
                station,
                $"{method.Name} {World.Short(request)}",
                world => Serve(world, method, request, answer),
                () => Break(answer),
                () => Request(method, request, (TaskCompletionSource<TResponse>?)null));

        private void Serve<TRequest, TResponse>(World world, Method<TRequest, TResponse> method, TRequest request, TaskCompletionSource<TResponse>? answer)
            where TRequest : class where TResponse : class
        {
            var served = world.AnyServer().CallAsync<TRequest, TResponse>(method.FullName, request, station.Caller);
            if (!served.IsCompleted)
            {
                throw new InvalidOperationException($"{method.Name} waited for something that is not the store.");
            }

            World.RequireNoFault(served);
            world.Answers.Check(request, served);
            if (answer is null)
            {
                return;
            }

            wire.Put(new Message(station, $"answer to {method.Name}: {Outcome(served)}", _ => Answer(served, answer), () => Break(answer), null));
        }

        private void Answer<TResponse>(Task<TResponse> served, TaskCompletionSource<TResponse> answer)
        {
            if (_process != station.Process)
            {
                return;
            }

            if (served.IsCompletedSuccessfully)
            {
                answer.TrySetResult(served.Result);
            }
            else
            {
                answer.TrySetException(served.Exception!.InnerExceptions);
            }
        }

        private void Break<TResponse>(TaskCompletionSource<TResponse>? answer)
        {
            if (_process == station.Process)
            {
                answer?.TrySetException(new RpcException(new Status(StatusCode.Unavailable, "The line broke.")));
            }
        }

        private static string Outcome(Task served) => served.IsCompletedSuccessfully ? "ok" : served.Exception?.InnerException is RpcException refusal ? $"{refusal.StatusCode}" : $"{served.Exception?.InnerException}";
    }
}
