using Ktp.Incidents.V1;
using Xunit;
using Xunit.Abstractions;

namespace KtpGrpc.Functional.Silence;

/// <summary>What a lost uplink, and a lost server, make of the stations behind them; over real sessions that are really cut.</summary>
public sealed class UplinkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _learning = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UplinkOfFiveHundred_IsOneIncidentWithin90Seconds_AndTheDeadOneAmongThemResurfacesWithinFiveMinutes(bool broken)
    {
        await using var fleet = await Fleet.StartAsync(regency: 500, elsewhere: 60);
        await fleet.LiveAsync(_learning);

        fleet.LoseUplink(broken);
        var cut = fleet.Now;
        await fleet.LiveAsync(TimeSpan.FromSeconds(120));
        var during = await fleet.IncidentsAsync();
        var (back, dead) = (fleet.Now, fleet.Regency[7]);
        foreach (var wave in fleet.Regency.Where(station => station != dead).Chunk(100))
        {
            await fleet.ReturnAsync(wave);
            await fleet.LiveAsync(TimeSpan.FromSeconds(10));
        }

        await fleet.LiveAsync(back + TimeSpan.FromMinutes(5) - fleet.Now);
        var after = await fleet.IncidentsAsync();

        var told = Assert.Single(during);
        Assert.Equal((IncidentKind.RegionSilent, "53.71"), (told.Kind, told.RegionCode));
        Assert.StartsWith("500 stations", told.Summary, StringComparison.Ordinal);
        Assert.InRange(told.OpenedAt.ToDateTimeOffset(), cut, cut.AddSeconds(90));
        Assert.Equal(2, after.Count);
        Assert.InRange(after.Single(incident => incident.IncidentId == told.IncidentId).ClosedAt.ToDateTimeOffset(), back, back.AddMinutes(1));
        var lone = after.Single(incident => incident.Kind == IncidentKind.StationSilent);
        Assert.Equal(dead.Id, lone.StationId);
        output.WriteLine($"Told after {told.OpenedAt.ToDateTimeOffset() - cut}; the dead one {lone.OpenedAt.ToDateTimeOffset() - back} after the return.");
        Assert.InRange(lone.OpenedAt.ToDateTimeOffset(), back, back.AddMinutes(5));
        Assert.Empty(await fleet.Server.FaultsAsync());
    }

    [Fact]
    public async Task ServerAwayForTenMinutes_BlamesNobody()
    {
        await using var fleet = await Fleet.StartAsync(regency: 20, elsewhere: 0);
        await fleet.LiveAsync(_learning);

        await fleet.RestartAsync();
        await fleet.JumpAsync(TimeSpan.FromMinutes(10));
        foreach (var wave in fleet.Regency.Concat(fleet.Elsewhere).Chunk(4))
        {
            await fleet.ReturnAsync(wave);
            await fleet.LiveAsync(TimeSpan.FromSeconds(15));
        }

        await fleet.LiveAsync(TimeSpan.FromMinutes(4));

        Assert.Empty(await fleet.IncidentsAsync());
    }

    [Fact]
    public async Task ServerThatStallsForTenMinutes_BlamesNobody()
    {
        await using var fleet = await Fleet.StartAsync(regency: 12, elsewhere: 0);
        await fleet.LiveAsync(_learning);

        await fleet.JumpAsync(TimeSpan.FromMinutes(10));
        await fleet.LiveAsync(_learning);

        Assert.Empty(await fleet.IncidentsAsync());
    }

    [Fact]
    public async Task ServerThatHearsNobodyForTwoMinutes_BlamesNobody()
    {
        await using var fleet = await Fleet.StartAsync(regency: 20, elsewhere: 24);
        await fleet.LiveAsync(_learning);

        for (var step = 0; step < 24; step++)
        {
            await fleet.JumpAsync(Fleet.Beat);
        }

        await fleet.LiveAsync(_learning);

        Assert.Empty(await fleet.IncidentsAsync());
    }

    [Fact]
    public async Task StationsThatTakeTheirLeave_AreNotMissed()
    {
        await using var fleet = await Fleet.StartAsync(regency: 12, elsewhere: 4);
        await fleet.LiveAsync(_learning);

        fleet.Mute(fleet.Regency);
        await Task.WhenAll(fleet.Regency.Select(station => station.LeaveAsync()));
        await fleet.LiveAsync(TimeSpan.FromMinutes(3));

        Assert.Empty(await fleet.IncidentsAsync());
    }
}
