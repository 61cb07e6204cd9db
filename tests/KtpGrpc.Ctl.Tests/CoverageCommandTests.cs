using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Ktp.Coverage.V1;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class CoverageCommandTests
{
    [Fact]
    public async Task Coverage_OfACity_IsShownWithItsDistricts()
    {
        await using var office = await OpenAsync();

        var lines = (await office.RunAsync("officer-1", "coverage", "show", "53.71")).Done();
        var json = (await office.RunAsync("officer-1", "coverage", "show", "53.71", "--from", "2018-12-01", "--to", "2018-12-31", "--json")).Done();

        Assert.Equal(["region code\tobliged\trecorded\tpace\tdays to completion", "53.71\t100\t40\t0\t", "53.71.04\t100\t40\t0\t"], lines.Out.Split('\n')[..^1]);
        using var told = JsonDocument.Parse(json.Out);
        Assert.Equal("40", told.RootElement.GetProperty("coverage").GetProperty("recorded").GetString());
        Assert.Equal(0, told.RootElement.GetProperty("days").GetArrayLength());
        (await office.RunAsync("officer-1", "coverage", "show", "53.71", "--from", "2018-11-31", "--to", "2018-12-31")).Ended(Exit.Failed, "November 2018 has 30 days");
    }

    [Fact]
    public async Task Target_OfACity_IsSetListedAndLifted()
    {
        await using var office = await OpenAsync();

        var set = await office.OneAsync<SetTargetResponse>("officer-1", "coverage", "target", "set", "53.71", "--date", "2019-01-31");
        var listed = await office.ManyAsync<TargetOutlook>("officer-1", "coverage", "target", "list", "53.71");
        var shown = (await office.RunAsync("officer-1", "coverage", "target", "show", "53.71", "--json")).Done();
        var district = (await office.RunAsync("officer-1", "coverage", "target", "show", "53.71.04")).Done();
        var lifted = (await office.RunAsync("officer-1", "coverage", "target", "set", "53.71", "--lift")).Done();

        Assert.Equal(("2019-01-31", 60, 60), (set.Target.Date, set.Target.Missing, set.Target.Shortfall));
        Assert.Equal([set.Target], listed);
        using var told = JsonDocument.Parse(shown.Out);
        Assert.Equal("53.71.04", told.RootElement.GetProperty("below")[0].GetProperty("regionCode").GetString());
        Assert.Contains("53.71.04\t2019-01-31\t53.71\t30\t60\t0\t2\t60\t", district.Out, StringComparison.Ordinal);
        Assert.Equal("", lifted.Out);
        await office.RefusesAsync("officer-1", Exit.Failed, "September 2019 has 30 days", "coverage", "target", "set", "53.71", "--date", "2019-09-31");
        await office.RefusesAsync("officer-1", Exit.Failed, "is past", "coverage", "target", "set", "53.71", "--date", "2018-12-20");
        await office.RefusesAsync("officer-1", Exit.WrongUse, "--date, or --lift", "coverage", "target", "set", "53.71");
        await office.RefusesAsync("officer-1", Exit.Failed, "No target holds", "coverage", "target", "show", "53.71");
    }

    [Fact]
    public async Task Service_OfAnOffice_IsTold()
    {
        await using var office = await OpenAsync();
        await office.EnqueueAsync();

        var lines = (await office.RunAsync("officer-1", "service", "times", "53.71")).Done();
        var json = (await office.RunAsync("officer-1", "service", "times", "53.71", "--from", "2018-12-01", "--to", "2018-12-21", "--json")).Done();

        Assert.StartsWith("from 2018-11-24 to 2018-12-21\n", lines.Out, StringComparison.Ordinal);
        Assert.Contains("queue", lines.Out, StringComparison.Ordinal);
        using var told = JsonDocument.Parse(json.Out);
        Assert.Equal("1", told.RootElement.GetProperty("region").GetProperty("queue").GetString());
        (await office.RunAsync("officer-1", "service", "times", "53")).Ended(Exit.Failed, "stations are listed one by one");
    }

    private static async Task<Office> OpenAsync()
    {
        var office = await Office.OpenAsync();
        await new CoverageService.CoverageServiceClient(office.Server.Admin).SetObligedAsync(new SetObligedRequest
        {
            RequestId = "obliged",
            RegionCode = "53.71.04",
            Obliged = 100,
            RecordedBefore = 40,
            AsOf = Office.Opening.ToTimestamp(),
        });
        return office;
    }
}
