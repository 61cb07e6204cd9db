using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class UplinkTests
{
    private static readonly RegionCode _office = RegionCode.Trusted("53.71");

    /// <summary>10:00 of a Monday in Kupang.</summary>
    private static readonly DateTimeOffset _now = new(2016, 8, 1, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ThreeOfSix_MissedTogether_AreHeldTogether_WithWhoIsAboutToBe()
    {
        var judged = Silence.Judge(_office, null, [Quiet(1, 46), Quiet(2, 50), Quiet(3, 47), Quiet(4, 40), Quiet(5, 2), Quiet(6, 3)], _now);

        Assert.Equal([Id(1), Id(2), Id(3), Id(4)], judged.Silence!.Members);
        Assert.All(judged.Silence.Members, member => Assert.Equal(Liveness.Held, judged.Stations[member]));
        Assert.Equal(Liveness.Present, judged.Stations[Id(5)]);
    }

    [Fact]
    public void TwoOfTwo_ThreeOfSeven_ThreeFarApart_OrThreeWhoseBeatsSayNothing_AreNoLostUplink()
    {
        Assert.Null(Uplink.Lost([Quiet(1, 50), Quiet(2, 50)], _now));
        Assert.Null(Uplink.Lost([Quiet(1, 50), Quiet(2, 50), Quiet(3, 50), .. Enumerable.Range(4, 4).Select(number => Quiet(number, 3))], _now));
        Assert.Null(Uplink.Lost([Quiet(1, 50), Quiet(2, 380), Quiet(3, 700)], _now));
        Assert.Null(Uplink.Lost([.. Enumerable.Range(1, 3).Select(number => Quiet(number, 600) with { MissedAfter = null })], _now));
    }

    [Fact]
    public void EightOfThirty_MissedTogether_AreALostUplink()
    {
        var heard = Enumerable.Range(9, 22).Select(number => Quiet(number, 2)).ToList();

        Assert.Equal(8, Uplink.Lost([.. Enumerable.Range(1, 8).Select(number => Quiet(number, 50)), .. heard], _now)?.Count);
        Assert.Null(Uplink.Lost([.. Enumerable.Range(1, 7).Select(number => Quiet(number, 50)), .. heard], _now));
    }

    [Fact]
    public void StationsOfSlowBeats_CountAsHeard()
    {
        StationSilence[] missed = [Quiet(1, 50), Quiet(2, 50), Quiet(3, 50)];
        var slow = Enumerable.Range(4, 4).Select(number => Quiet(number, 3000) with { MissedAfter = null });

        Assert.Null(Uplink.Lost([.. missed, .. slow], _now));
        Assert.NotNull(Uplink.Lost([.. missed, .. slow.Select(station => station with { LastHeard = _now.AddDays(-1) })], _now));
    }

    [Fact]
    public void UplinkOfFour_ThatWasMissedByBeats_IsBackWhenHalfAre()
    {
        var silence = new RegionSilence(_office, _now.AddMinutes(-5), _now.AddMinutes(-4), [Id(1), Id(2), Id(3), Id(4)]);
        var away = Enumerable.Range(2, 3).Select(number => Quiet(number, 300) with { State = Liveness.Held }).ToList();

        var one = Silence.Judge(_office, silence, [Quiet(1, 2), .. away], _now);
        var two = Silence.Judge(_office, silence, [Quiet(1, 2), Quiet(2, 2), .. away[1..]], _now);

        Assert.NotNull(one.Silence);
        Assert.Null(two.Silence);
        Assert.True(two.AwayAlone);
        Assert.Equal([Id(3), Id(4)], two.Away);
    }

    [Fact]
    public void ThreeThatWereMissedByBeats_AndStayAwayForAWorkingDayWhileOthersSpeak_AreJudgedAlone()
    {
        var silence = new RegionSilence(_office, _now.AddHours(-9), _now.AddHours(-8.99), [Id(1), Id(2), Id(3)]);
        var away = Enumerable.Range(1, 3).Select(number => Quiet(number, 9 * 3600) with { State = Liveness.Held, Expected = 6, MissedAfter = null });

        var judged = Silence.Judge(_office, silence, [.. away, Quiet(4, 2), Quiet(5, 2)], _now);

        Assert.Null(judged.Silence);
        Assert.Equal(3, judged.Stations.Values.Count(verdict => verdict == Liveness.PresumedDead));
    }

    [Fact]
    public void StationThatIsMissedWhileItsUplinkIsGone_JoinsIt()
    {
        var silence = new RegionSilence(_office, _now.AddMinutes(-5), _now.AddMinutes(-4), [Id(1), Id(2), Id(3)]);

        var judged = Silence.Judge(_office, silence, [.. Enumerable.Range(1, 3).Select(number => Quiet(number, 300) with { State = Liveness.Held }), Quiet(4, 50), Quiet(5, 2)], _now);

        Assert.Equal(4, judged.Silence!.Members.Count);
        Assert.Equal(Liveness.Held, judged.Stations[Id(4)]);
    }

    [Theory]
    [InlineData(170, 5, Liveness.Held)]
    [InlineData(180, 5, Liveness.PresumedDead)]
    [InlineData(180, 0, Liveness.Held)]
    public void StationThatStaysAway_IsMissedByThePeersThatAreHeard(int seconds, int peers, object verdict)
    {
        var away = Quiet(1, seconds) with { State = Liveness.Held, Alone = true };

        var judged = Silence.Judge(_office, null, [away, .. Enumerable.Range(2, 5).Select(number => Quiet(number, number - 2 < peers ? 2 : 30))], _now);

        Assert.Equal((Liveness)verdict, judged.Stations[Id(1)]);
    }

    [Fact]
    public void VeryManyThatStayAway_AreNotJudgedByTheirPeers()
    {
        var away = Enumerable.Range(1, 8).Select(number => Quiet(number, 200) with { State = Liveness.Held, Alone = true }).ToList();
        var peers = Enumerable.Range(9, 20).Select(number => Quiet(number, 2)).ToList();

        Assert.False(Uplink.StaysAway(away[0], [.. away, .. peers], _now));
        Assert.True(Uplink.StaysAway(away[0], [.. away[..7], .. peers], _now));
    }

    [Fact]
    public void LoneStation_IsNeverJudgedByItsBeats()
    {
        var silences = Gen.Choose(0, 4000).Two().ListOf(12);
        Property.Holds(silences, drawn =>
        {
            List<StationSilence> stations = [.. drawn.Select((seconds, i) => Quiet(i + 1, seconds.Item1) with { MissedAfter = TimeSpan.FromSeconds(30 + seconds.Item2 / 5) })];
            var judged = Silence.Judge(_office, null, stations, _now);

            Assert.All(judged.Stations.Values, verdict => Assert.Contains(verdict, new[] { Liveness.Present, Liveness.Held }));
            if (judged.Silence is { } silence)
            {
                Assert.True(silence.Members.Count >= 3);
                Assert.All(silence.Members, member => Assert.True(stations.Single(station => station.Id == member).IsDoubted(_now)));
            }
        });
    }

    private static StationId Id(int number) => StationId.Of(RegionCode.Trusted($"53.71.{number:00}"), 1);

    private static StationSilence Quiet(int number, double seconds) =>
        new(Id(number), Liveness.Present, _now.AddSeconds(-seconds), _now.AddSeconds(-seconds), seconds / 3600, false) { MissedAfter = TimeSpan.FromSeconds(45) };
}
