using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Session.V1;
using KtpGrpc.Testing;
using Call = Grpc.Core.AsyncDuplexStreamingCall<Ktp.Session.V1.ConnectRequest, Ktp.Session.V1.ConnectResponse>;

namespace KtpGrpc.Server.Tests.Session;

/// <summary>An agent's side of a session, message by message.</summary>
internal static class Talk
{
    public static Call Open(JoinedStation station) => new SessionService.SessionServiceClient(station.Control).Connect();

    /// <summary>A hello of a process of its own, with the outbox of zeros.</summary>
    public static Hello Hello() => new()
    {
        AgentVersion = "1.0.0",
        InstanceId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
        OutboxId = ByteString.CopyFrom(new byte[16]),
    };

    public static async Task<Call> WelcomedAsync(JoinedStation station, Hello? hello = null)
    {
        var call = Open(station);
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 1, Hello = hello ?? Hello() });
        await NextAsync(call, message => message.Welcome);
        return call;
    }

    public static Event Dropped(ulong position) => new()
    {
        Position = position,
        OccurredAt = TimeProvider.System.GetUtcNow().ToTimestamp(),
        RecordsDropped = new RecordsDropped { Count = 3 },
    };

    /// <summary>The next message that is wanted; others are passed over.</summary>
    public static async Task<T> NextAsync<T>(Call call, Func<ConnectResponse, T?> wanted)
        where T : class
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (await call.ResponseStream.MoveNext(limit.Token))
        {
            if (wanted(call.ResponseStream.Current) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException("The session ended without the message that was waited for.");
    }

    /// <summary>How the session ended; messages before that are passed over.</summary>
    public static async Task<Status> EndAsync(Call call)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        try
        {
            while (await call.ResponseStream.MoveNext(limit.Token))
            {
            }

            return Status.DefaultSuccess;
        }
        catch (RpcException ended)
        {
            return ended.Status;
        }
    }
}
