using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Session.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Session;

/// <summary>The agents' duplex stream: hello first, then samples and events in, acks out.</summary>
internal sealed partial class SessionService(
    SessionRegistry registry, HealthIntake health, EventIntake events, SessionGate gate, SessionInstruments instruments, DomainClock clock,
    SessionOptions options, TimeProvider time, ILogger<SessionService> logger)
    : Ktp.Session.V1.SessionService.SessionServiceBase
{
    private const int RandomIdBytes = 16;

    private const int MostError = 200;

    [Right(Station = true)]
    public override async Task Connect(IAsyncStreamReader<ConnectRequest> requestStream, IServerStreamWriter<ConnectResponse> responseStream, ServerCallContext context)
    {
        var (station, http) = (StationId.Of(Caller.Of(context)), context.GetHttpContext());
        gate.Enter();
        var hello = await ReadHelloAsync(requestStream, context.CancellationToken);
        var instanceId = hello.InstanceId.ToByteArray();
        using var session = new AgentSession(station, instanceId, Convert.ToHexStringLower(hello.OutboxId.Span), options, time)
        {
            CertificateNotAfter = http.Connection.ClientCertificate is { } certificate ? certificate.NotAfter.ToUniversalTime() : DateTimeOffset.MaxValue,
        };
        await registry.OpenAsync(session, instanceId, context.CancellationToken);
        instruments.Opened();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, session.Ended);
        var reading = Task.CompletedTask;
        try
        {
            var durable = await WelcomeAsync(session, hello, context.CancellationToken);
            reading = ReadAsync(session, requestStream, durable, ended.Token);
            await session.WriteAsync(responseStream, http.Abort, context.CancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await reading;
            registry.Close(session);
            if (session.IsLast)
            {
                health.Ended(station, session.SaidFarewell);
            }

            instruments.Closed();
        }
    }

    private async Task<Hello> ReadHelloAsync(IAsyncStreamReader<ConnectRequest> stream, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.HelloWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            if (!await stream.MoveNext(either.Token))
            {
                throw Refuse.Invalid("The stream ended before its hello.");
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw Refuse.Because(StatusCode.DeadlineExceeded, $"No hello came within {options.HelloWithin.TotalSeconds:0} seconds.");
        }

        if (stream.Current is not { Sequence: 1, BodyCase: ConnectRequest.BodyOneofCase.Hello } first)
        {
            throw Refuse.Invalid("The first message of a session must be a hello with sequence 1.");
        }

        Require.Text(first.Hello.AgentVersion, "agent_version", 64);
        Require.Within(first.Hello.InstanceId.Length, "the length of instance_id", RandomIdBytes, RandomIdBytes);
        Require.Within(first.Hello.OutboxId.Length, "the length of outbox_id", RandomIdBytes, RandomIdBytes);
        return first.Hello;
    }

    private async Task<long> WelcomeAsync(AgentSession session, Hello hello, CancellationToken cancellation)
    {
        var now = clock.Now;
        await health.HelloAsync(session.Station, hello.Devices, hello.RenewedDevices, now, cancellation);
        var durable = await events.DurableAsync(session.Station, session.Outbox, cancellation);
        session.Welcome(new Welcome
        {
            SessionId = session.Id,
            ServerTime = now.ToTimestamp(),
            Window = options.Window,
            EventsDurable = (ulong)durable,
            Config = new Config { Version = 1, SampleInterval = options.SampleInterval.ToDuration() },
        });
        return durable;
    }

    /// <summary>Takes messages until the agent leaves or the session ends; what ends it is the session's, and told by its writer.</summary>
    private async Task ReadAsync(AgentSession session, IAsyncStreamReader<ConnectRequest> stream, long durable, CancellationToken cancellation)
    {
        try
        {
            for (ulong expected = 2; await stream.MoveNext(cancellation); expected++)
            {
                var message = stream.Current;
                if (message.Sequence != expected)
                {
                    session.Send(new ConnectResponse { FullStateDemand = new FullStateDemand() });
                    expected = message.Sequence;
                }

                durable = await TakeAsync(session, message, durable, cancellation);
                session.Ack(message.Sequence, durable);
            }

            session.Farewell();
        }
        catch (Exception fault) when (fault is IOException || cancellation.IsCancellationRequested)
        {
            session.Lost();
        }
        catch (Exception fault)
        {
            session.End(fault);
        }
    }

    /// <summary>A message that does not hold is refused by itself; the session goes on.</summary>
    private async ValueTask<long> TakeAsync(AgentSession session, ConnectRequest message, long durable, CancellationToken cancellation)
    {
        var now = clock.Now;
        await health.HeardAsync(session.Station, now, cancellation);
        try
        {
            switch (message.BodyCase)
            {
                case ConnectRequest.BodyOneofCase.Samples:
                    await TakeAsync(session.Station, message.Samples, now, cancellation);
                    break;
                case ConnectRequest.BodyOneofCase.Event:
                    return await events.TakeAsync(session.Station, session.Outbox, message.Event, cancellation);
                case ConnectRequest.BodyOneofCase.ProbeAnswer:
                    session.ProbeAnswered(message.ProbeAnswer.Nonce);
                    break;
                case ConnectRequest.BodyOneofCase.ConfigResult:
                    if (message.ConfigResult.Error.Length > 0)
                    {
                        LogConfig(logger, session.Station, message.ConfigResult.Version, Require.Told(message.ConfigResult.Error, MostError));
                    }

                    break;
                default:
                    throw Refuse.Invalid("The message has no body that this server takes after the hello.");
            }
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.InvalidArgument)
        {
            instruments.Refused();
            session.Send(new ConnectResponse
            {
                Refusal = new Refusal { Sequence = message.Sequence, Code = (int)refusal.StatusCode, Message = refusal.Status.Detail },
            });
        }

        return durable;
    }

    private async ValueTask TakeAsync(StationId station, SampleBatch batch, DateTimeOffset now, CancellationToken cancellation)
    {
        WaitingPackets? waiting = batch.Waiting is { } told ? WaitingPackets.Of(told, now) : null;
        await health.TakeAsync(station, batch.Samples, now, cancellation);
        if (waiting is { } kept)
        {
            health.Keeps(station, kept);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Station {Station} did not take config {Version} over: {Error}")]
    private static partial void LogConfig(ILogger logger, StationId station, ulong version, string error);
}
