using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class SilenceTests
{
    private static readonly RegionCode _office = RegionCode.Trusted("53.71");
    private static readonly DateTimeOffset _now = new(2016, 8, 1, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1.0, Liveness.Present)]
    [InlineData(1.3, Liveness.Late)]
    [InlineData(1.7, Liveness.Silent)]
    [InlineData(2.0, Liveness.PresumedDead)]
    public void OneQuietStation_IsJudgedAlone(double expected, object verdict)
    {
        var judged = Silence.Judge(_office, null, [Quiet(1, expected), Present(2), Present(3), Present(4)], _now);

        Assert.Null(judged.Silence);
        Assert.Equal((Liveness)verdict, judged.Stations[Id(1)]);
        Assert.Equal(Liveness.Present, judged.Stations[Id(2)]);
    }

    [Fact]
    public void ThreeOfSix_QuietAtOnce_AreHeldTogether()
    {
        var judged = Silence.Judge(_office, null, [Quiet(1, 2.2), Quiet(2, 2), Quiet(3, 1.5), Present(4), Present(5), Present(6)], _now);

        Assert.Equal([Id(1), Id(2), Id(3)], judged.Silence!.Members);
        Assert.All(judged.Silence.Members, member => Assert.Equal(Liveness.Held, judged.Stations[member]));
        Assert.Equal(Liveness.Present, judged.Stations[Id(4)]);
    }

    [Fact]
    public void TwoOfTwo_OrThreeOfSeven_OrThreeThatFellSilentFarApart_AreJudgedAlone()
    {
        Assert.Null(Silence.Judge(_office, null, [Quiet(1, 2), Quiet(2, 2)], _now).Silence);
        Assert.Null(Silence.Judge(_office, null, [Quiet(1, 2), Quiet(2, 2), Quiet(3, 2), .. Enumerable.Range(4, 4).Select(Present)], _now).Silence);
        Assert.Null(Silence.Judge(_office, null, [Quiet(1, 2), Quiet(2, 12), Quiet(3, 30)], _now).Silence);
    }

    [Fact]
    public void StationsLongDead_AreNoPartOfWhatFallsSilentNow()
    {
        var dead = Enumerable.Range(4, 3).Select(number => Quiet(number, 500) with { State = Liveness.PresumedDead });

        var judged = Silence.Judge(_office, null, [Quiet(1, 1.4), Quiet(2, 1.4), Quiet(3, 1.4), .. dead], _now);

        Assert.Equal([Id(1), Id(2), Id(3)], judged.Silence!.Members);
        Assert.Equal(Liveness.PresumedDead, judged.Stations[Id(5)]);
    }

    [Fact]
    public void Office_HeardAgain_GivesTheAbsentANewClockAndJudgesThemAlone()
    {
        var silence = new RegionSilence(_office, _now.AddHours(-4), _now.AddHours(-2), [Id(1), Id(2), Id(3)]);
        var back = new[] { Present(1), Present(2), Quiet(3, 4) with { State = Liveness.Held } };

        var judged = Silence.Judge(_office, silence, back, _now);

        Assert.Null(judged.Silence);
        Assert.Equal([Id(3)], judged.Away);
        Assert.True(judged.AwayAlone);
        Assert.Equal(Liveness.Held, judged.Stations[Id(3)]);
        var later = Silence.Judge(_office, null, [Present(1), Present(2), Quiet(3, 2) with { State = Liveness.Held, Alone = true }], _now.AddHours(3));
        Assert.Equal(Liveness.PresumedDead, later.Stations[Id(3)]);
    }

    [Fact]
    public void FirstToReturnAfterADayOff_IsNoProofAgainstTheOthers()
    {
        var silence = new RegionSilence(_office, _now.AddHours(-40), _now.AddHours(-22), [Id(1), Id(2), Id(3), Id(4)]);
        var back = Enumerable.Range(2, 3).Select(number => Quiet(number, 40) with { State = Liveness.Held, Expected = 6 });

        var judged = Silence.Judge(_office, silence, [Present(1), .. back], _now);

        Assert.Null(judged.Silence);
        Assert.Equal([Id(2), Id(3), Id(4)], judged.Away);
        Assert.False(judged.AwayAlone);
        Assert.DoesNotContain(Liveness.PresumedDead, judged.Stations.Values);
    }

    [Fact]
    public void Verdict_WaitsForAnOfficeThatMayBeSilentToo_ButNotForLong()
    {
        StationSilence[] others = [.. Enumerable.Range(2, 4).Select(number => Quiet(number, 1))];

        Assert.Equal(Liveness.Silent, Silence.Judge(_office, null, [Quiet(1, 2.2), .. others], _now).Stations[Id(1)]);
        Assert.Equal(Liveness.PresumedDead, Silence.Judge(_office, null, [Quiet(1, 3), .. others], _now).Stations[Id(1)]);
    }

    [Fact]
    public void Silence_OfAllForAWeek_BlamesNobody()
    {
        var silence = new RegionSilence(_office, _now.AddDays(-7), _now.AddDays(-7), [Id(1), Id(2), Id(3)]);

        var judged = Silence.Judge(_office, silence, [.. Enumerable.Range(1, 3).Select(number => Quiet(number, 7 * 24) with { State = Liveness.Held })], _now);

        Assert.Equal(silence, judged.Silence! with { Members = silence.Members });
        Assert.All(judged.Stations.Values, verdict => Assert.Equal(Liveness.Held, verdict));
    }

    [Fact]
    public void Silence_OfSomeForAWorkingDayWhileOthersSpeak_IsTheirOwn()
    {
        var silence = new RegionSilence(_office, _now.AddHours(-9), _now.AddHours(-8), [Id(1), Id(2), Id(3)]);

        var judged = Silence.Judge(_office, silence, [.. Enumerable.Range(1, 3).Select(number => Quiet(number, 6) with { State = Liveness.Held }), Present(4)], _now);

        Assert.Null(judged.Silence);
        Assert.Equal(3, judged.Stations.Values.Count(verdict => verdict == Liveness.PresumedDead));
    }

    [Fact]
    public void Verdict_OnAStationThatWasNotHeard_OnlyGetsGraver()
    {
        var judged = Silence.Judge(_office, null, [Quiet(1, 0) with { State = Liveness.PresumedDead }, Quiet(2, 1.6) with { State = Liveness.Late }], _now);

        Assert.Equal(Liveness.PresumedDead, judged.Stations[Id(1)]);
        Assert.Equal(Liveness.Silent, judged.Stations[Id(2)]);
    }

    [Fact]
    public void KitThatMayHaveADayOff_IsGivenUpTheSameDay_WhereFewOthersRecord()
    {
        var away = Quiet(1, 4) with { DeadAt = 8 };

        Assert.Equal(Liveness.Silent, Silence.Judge(_office, null, [away, Present(2), Present(3), Present(4)], _now).Stations[Id(1)]);
        Assert.Equal(Liveness.PresumedDead, Silence.Judge(_office, null, [away, Present(2), Present(3)], _now).Stations[Id(1)]);
        Assert.Equal(Liveness.PresumedDead, Silence.Judge(_office, null, [away with { Expected = 8 }, Present(2), Present(3), Present(4)], _now).Stations[Id(1)]);
    }

    [Fact]
    public void EightOfThirty_QuietAtOnce_AreHeldUntilHalfAreBack()
    {
        var others = Enumerable.Range(11, 22).Select(Present).ToList();
        var judged = Silence.Judge(_office, null, [.. Enumerable.Range(1, 8).Select(number => Quiet(number, 2)), .. others], _now);
        Assert.Equal(8, judged.Silence!.Members.Count);

        // A week later, while others speak, they are as unknown as before; three that come back prove nothing against five.
        var week = Enumerable.Range(1, 8).Select(number => Quiet(number, 7 * 24) with { State = Liveness.Held }).ToList();
        var held = Silence.Judge(_office, judged.Silence with { DeclaredAt = _now.AddDays(-7) }, [.. week, .. others], _now);
        var three = Silence.Judge(_office, judged.Silence with { DeclaredAt = _now.AddDays(-7) }, [Present(1), Present(2), Present(3), .. week[3..], .. others], _now);
        var four = Silence.Judge(_office, judged.Silence with { DeclaredAt = _now.AddDays(-7) }, [Present(1), Present(2), Present(3), Present(4), .. week[4..], .. others], _now);

        Assert.NotNull(held.Silence);
        Assert.NotNull(three.Silence);
        Assert.Null(four.Silence);
        Assert.True(four.AwayAlone);
        Assert.Equal(4, four.Away.Count);
    }

    [Fact]
    public void StationThatJoinsASilence_HavingSpokenAfterItWasDeclared_IsNoReturn()
    {
        var silence = new RegionSilence(_office, _now.AddHours(-3), _now.AddHours(-1.7), [Id(1), Id(2), Id(3)]);
        StationSilence[] stations = [.. Enumerable.Range(1, 3).Select(number => Quiet(number, 3) with { State = Liveness.Held }), Quiet(4, 1.6), Present(5)];

        var joined = Silence.Judge(_office, silence, stations, _now);
        var next = Silence.Judge(_office, joined.Silence, stations, _now.AddMinutes(1));

        Assert.Equal(4, joined.Silence!.Members.Count);
        Assert.NotNull(next.Silence);
    }

    [Fact]
    public void Office_OfACountryThatMayBeSilent_WaitsForAnHourOfItsOwn()
    {
        StationSilence[] stations = [Quiet(1, 1.3), Quiet(2, 1.3), Quiet(3, 1.3)];
        var undecided = new CountryVerdict(null, [], IsUndecided: true);

        Assert.Null(Silence.Judge(_office, null, undecided, stations, _now).Silence);
        Assert.NotNull(Silence.Judge(_office, null, undecided, [.. stations, Quiet(4, 2.3)], _now).Silence);
        Assert.NotNull(Silence.Judge(_office, null, CountryVerdict.Heard, stations, _now).Silence);
    }

    [Fact]
    public void Office_OfASilentCountry_JudgesOnlyWhomItHears()
    {
        var country = new CountryVerdict(new RegionSilence(RegionCode.Country, _now.AddHours(-4), _now.AddHours(-2.5), [Id(1)]), []);

        var judged = Silence.Judge(_office, null, country, [Quiet(1, 4), Quiet(2, 4), Quiet(3, 2), Present(4)], _now);

        Assert.Null(judged.Silence);
        Assert.Equal([Liveness.Held, Liveness.Held, Liveness.PresumedDead, Liveness.Present], Enumerable.Range(1, 4).Select(number => judged.Stations[Id(number)]));
    }

    private static StationId Id(int number) => StationId.Of(RegionCode.Trusted($"53.71.{number:00}"), 1);

    private static StationSilence Quiet(int number, double hours) =>
        new(Id(number), Liveness.Present, _now.AddHours(-hours), _now.AddHours(-hours), hours, false);

    private static StationSilence Present(int number) => Quiet(number, 0.2);
}
