using KtpGrpc.Server.Clock;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KtpGrpc.Server.Tests.Clock;

public sealed class DomainClockTests
{
    private static readonly DateTimeOffset _start = new(2017, 3, 30, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Clock_InAScenario_MovesOnlyWhenItIsTold()
    {
        var time = new ManualTime();
        var clock = new DomainClock(time);

        clock.SetScenario(_start);
        time.Advance(TimeSpan.FromDays(1));
        clock.FollowDatabase(TimeSpan.FromDays(1));

        Assert.Equal((true, _start), (clock.IsScenario, clock.Now));
    }

    [Fact]
    public void Clock_FollowingADatabase_KeepsItsDifference()
    {
        var time = new ManualTime();
        var clock = new DomainClock(time);
        Assert.InRange(clock.Now - time.GetUtcNow(), TimeSpan.FromMinutes(-1), TimeSpan.Zero);

        clock.FollowDatabase(TimeSpan.FromHours(2));

        Assert.InRange(clock.Now - time.GetUtcNow(), TimeSpan.FromMinutes(119), TimeSpan.FromHours(2));
        Assert.Equal(0, clock.Now.Ticks % TimeSpan.TicksPerMillisecond);
    }

    [Fact]
    public async Task Server_WhoseOwnClockIsADayAhead_GoesByTheDatabases()
    {
        var time = new ManualTime();
        time.Advance(TimeSpan.FromDays(1));

        await using var server = await RunningServer.StartAsync(Engine.Postgres, time: time);

        Assert.InRange(server.Services.GetRequiredService<DomainClock>().Now - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Timers_OverALongJump_RunOnceEachInTheirOrder()
    {
        var runs = new List<string>();
        DomainTimer[] timers = [Noting("hourly", 60), Noting("daily", 24 * 60)];
        using var due = new DomainTimers(timers, new DomainClock(TimeProvider.System), TimeProvider.System, NullLogger<DomainTimers>.Instance);

        foreach (var minutes in (int[])[0, 59, 60, 61, 3 * 24 * 60])
        {
            await due.RunDueAsync(_start.AddMinutes(minutes), CancellationToken.None);
        }

        Assert.Equal(["hourly 0", "daily 0", "hourly 60", "hourly 4320", "daily 4320"], runs);

        DomainTimer Noting(string name, int period) => new(name, TimeSpan.FromMinutes(period), (now, _) =>
        {
            runs.Add($"{name} {(now - _start).TotalMinutes:0}");
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Timer_ThatFailsAtAStep_RunsAgainWhenTheStepIsRepeated()
    {
        var runs = 0;
        var timer = new DomainTimer("failing", TimeSpan.FromMinutes(60), (_, _) => ++runs == 1 ? throw new InvalidOperationException("once") : Task.CompletedTask);
        using var timers = new DomainTimers([timer], new DomainClock(TimeProvider.System), TimeProvider.System, NullLogger<DomainTimers>.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => timers.RunDueAsync(_start, CancellationToken.None));
        await timers.RunDueAsync(_start, CancellationToken.None);
        await timers.RunDueAsync(_start, CancellationToken.None);

        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task Timer_ThatFails_RunsAgainAfterItsPeriod()
    {
        var runs = 0;
        var timer = new DomainTimer("failing", TimeSpan.FromMilliseconds(5), (_, _) => ++runs % 2 == 0 ? throw new OperationCanceledException() : throw new InvalidOperationException());
        using var timers = new DomainTimers([timer], new DomainClock(TimeProvider.System), TimeProvider.System, NullLogger<DomainTimers>.Instance);

        await timers.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => runs > 3);
        await timers.StopAsync(CancellationToken.None);
    }
}
