using Grpc.Core;
using Ktp.Session.V1;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Agent.Tests.Session;

public sealed class SessionClientTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly ScriptedWire _wire = new();

    [Fact]
    public async Task Probe_AnsweredOnAConnectionThatBreaks_EndsTheSessionAndNothingElse()
    {
        var session = await OpenAsync();
        var waiting = session.WaitSeenAsync(100, CancellationToken.None);
        _wire.WritesFailWith = new IOException("broken");

        _wire.Say(new ConnectResponse { Probe = new Probe { Nonce = 1 } });

        await Assert.ThrowsAsync<SessionEndedException>(() => waiting.WaitAsync(_patience));
        Assert.Equal(StatusCode.Unavailable, session.End?.Code);
        await session.DisposeAsync();
    }

    [Fact]
    public async Task Session_EndedByAnyFaultOfTheWire_TellsThoseWhoWait()
    {
        var session = await OpenAsync();
        var waiting = session.WaitSeenAsync(100, CancellationToken.None);

        _wire.End(new InvalidCastException("what nobody thought of"));

        await Assert.ThrowsAsync<SessionEndedException>(() => waiting.WaitAsync(_patience));
        await session.DisposeAsync();
    }

    [Fact]
    public async Task Event_ThatWasRefused_IsSettledAlthoughItIsNotDurable()
    {
        await using var session = await OpenAsync();
        var waiting = session.WaitSettledAsync(sequence: 2, position: 7, CancellationToken.None);
        _wire.Say(new ConnectResponse { Ack = new Ack { SeenSequence = 2, EventsDurable = 6 } });
        Assert.False(waiting.IsCompleted);

        _wire.Say(new ConnectResponse { Refusal = new Refusal { Sequence = 2, Code = 3, Message = "reason is missing" } });

        await waiting.WaitAsync(_patience);
        Assert.Equal(1, session.TakeRefusals());
        Assert.Equal(0, session.TakeRefusals());
    }

    [Fact]
    public async Task Server_ThatSaysNothing_EndsTheSession()
    {
        _wire.Say(new ConnectResponse { Welcome = new Welcome { Window = 100 } });
        await using var session = await SessionClient.OpenAsync(_wire, new Hello(), _ => { }, new HurriedTime(), CancellationToken.None);

        var ended = await Assert.ThrowsAsync<SessionEndedException>(() => session.WaitSeenAsync(1, CancellationToken.None).WaitAsync(_patience));

        Assert.Equal(StatusCode.DeadlineExceeded, ended.End.Code);
    }

    [Fact]
    public async Task Server_ThatDoesNotWelcome_IsGivenUp()
    {
        var ended = await Assert.ThrowsAsync<SessionEndedException>(
            () => SessionClient.OpenAsync(_wire, new Hello(), _ => { }, new HurriedTime(), CancellationToken.None).WaitAsync(_patience));

        Assert.Equal(StatusCode.DeadlineExceeded, ended.End.Code);
    }

    private Task<SessionClient> OpenAsync()
    {
        _wire.Say(new ConnectResponse { Welcome = new Welcome { Window = 100 } });
        return SessionClient.OpenAsync(_wire, new Hello(), _ => { }, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>The system's time with waits a hundred times as short.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }
}
