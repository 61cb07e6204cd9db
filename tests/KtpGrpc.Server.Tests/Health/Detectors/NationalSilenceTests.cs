using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class NationalSilenceTests
{
    private static readonly DateTimeOffset _now = new(2016, 8, 1, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void HalfOfTheCountry_QuietAtOnce_IsHeldTogether()
    {
        var judged = NationalSilence.Judge(null, [.. Quiet(1, 20, 1.3), .. Quiet(21, 20, 0.2)], _now);

        Assert.Equal(RegionCode.Country, judged.Silence!.Region);
        Assert.Equal(20, judged.Silence.Members.Count);
        Assert.All(Quiet(1, 20, 1.3), station => Assert.True(NationalSilence.IsHeld(judged.Silence, station)));
        Assert.All(Quiet(21, 20, 0.2), station => Assert.False(NationalSilence.IsHeld(judged.Silence, station)));
    }

    [Fact]
    public void LessThanHalf_OrTwoOffices_OrSilencesFarApart_AreNotTheCountrys()
    {
        Assert.Null(NationalSilence.Judge(null, [.. Quiet(1, 19, 1.3), .. Quiet(20, 21, 0.2)], _now).Silence);
        Assert.Null(NationalSilence.Judge(null, Quiet(1, 2, 1.3), _now).Silence);
        Assert.Null(NationalSilence.Judge(null, [.. Enumerable.Range(1, 20).SelectMany(number => Quiet(number, 1, 4 * number))], _now).Silence);
    }

    [Fact]
    public void Holiday_AfterWhichDesksOpenAtOtherHours_IsOne()
    {
        // Since by the clock: two days, an evening apart; by the hours in which each is usually heard: the same.
        var early = Quiet(1, 15, 2).ConvertAll(station => station with { Since = _now.AddHours(-44) });
        var late = Quiet(16, 15, 1.3).ConvertAll(station => station with { Since = _now.AddHours(-40) });

        Assert.Equal(30, NationalSilence.Judge(null, [.. early, .. late], _now).Silence!.Members.Count);
    }

    [Fact]
    public void Country_IsHeardAgain_WhenHalfIsBack()
    {
        var silence = NationalSilence.Judge(null, Quiet(1, 20, 1.3), _now).Silence!;
        var later = _now.AddHours(3);
        List<StationSilence> After(int back) => [.. Quiet(1, back, 0.1, later), .. Quiet(back + 1, 20 - back, 4.3, later).ConvertAll(station => station with { State = Liveness.Held })];

        Assert.Equal(silence, NationalSilence.Judge(silence, After(9), later).Silence);
        var heard = NationalSilence.Judge(silence, After(10), later);

        Assert.Null(heard.Silence);
        Assert.Equal(Quiet(11, 10, 0).Select(station => station.Id), heard.Away);
    }

    [Fact]
    public void StationGivenUpBefore_IsNotHeld()
    {
        var dead = Quiet(21, 1, 26)[0] with { State = Liveness.PresumedDead };

        var judged = NationalSilence.Judge(null, [.. Quiet(1, 20, 1.3), dead], _now);

        Assert.False(NationalSilence.IsHeld(judged.Silence!, dead));
    }

    [Fact]
    public void HalfThatMissesItsBeats_LetsTheOfficesWait()
    {
        var stations = Quiet(1, 20, 0.6).ConvertAll(station => station with { QuietAt = 0.5 });

        Assert.True(NationalSilence.Judge(null, stations, _now).IsUndecided);
        Assert.False(NationalSilence.Judge(null, [.. stations, .. Quiet(21, 21, 0.1)], _now).IsUndecided);
    }

    [Fact]
    public void AnyCountry_HoldsOnlyWhoIsQuiet_AndAtLeastHalfOfTheLiving()
    {
        var station =
            from expected in Gen.Choose(0, 40)
            from since in Gen.Choose(0, 80)
            from state in Gen.Elements(Liveness.NeverHeard, Liveness.Present, Liveness.Late, Liveness.Silent, Liveness.PresumedDead, Liveness.Held)
            from alone in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
            select (expected / 10.0, since / 10.0, state, alone);
        Property.Holds(station.ListOf(30), drawn =>
        {
            List<StationSilence> stations = [.. drawn.Select((one, i) => new StationSilence(Id(i + 1), one.state, _now.AddHours(-one.Item2), _now.AddHours(-one.Item2), one.Item1, one.alone))];
            if (NationalSilence.Judge(null, stations, _now).Silence is { } silence)
            {
                var living = stations.Where(one => one.State is not (Liveness.NeverHeard or Liveness.PresumedDead) && !one.Alone).ToList();
                Assert.True(2 * silence.Members.Count >= living.Count);
                Assert.All(silence.Members, member => Assert.Contains(living, one => one.Id == member && one.IsOpen));
            }
        });
    }

    private static StationId Id(int number) => StationId.Of(RegionCode.Trusted($"53.{number:00}.01"), 1);

    private static List<StationSilence> Quiet(int first, int count, double hours, DateTimeOffset? now = null) => [.. Enumerable.Range(first, count).Select(number =>
        new StationSilence(Id(number), Liveness.Present, (now ?? _now).AddHours(-hours), (now ?? _now).AddHours(-hours), hours, false))];
}
