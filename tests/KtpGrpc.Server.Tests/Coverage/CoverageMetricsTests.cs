using System.Diagnostics.Metrics;
using System.Globalization;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class CoverageMetricsTests
{
    private const int Provinces = 38;
    private const int Offices = 514;

    private static readonly DateTimeOffset _now = new(2016, 9, 5, 2, 0, 0, TimeSpan.Zero);

    /// <summary>Of the 2,000 that the page may have; a new figure per regency would be 514 by itself.</summary>
    [Fact]
    public async Task Series_OfACountryWithTargetsAndWaits_StayWithinTheirShare()
    {
        await using var server = await RunningServer.StartAsync(scenario: _now);
        var database = server.Services.GetRequiredService<Database>();
        await database.WriteAsync(FillAsync, CancellationToken.None);
        await server.Services.GetRequiredService<CoverageInstruments>().RefreshAsync(_now, CancellationToken.None);
        await server.Services.GetRequiredService<TargetInstruments>().RefreshAsync(_now, CancellationToken.None);
        await server.Services.GetRequiredService<ServiceInstruments>().RefreshAsync(_now, CancellationToken.None);
        using var http = new HttpClient();

        var page = await http.GetStringAsync(new Uri(server.HttpAddress, "/metrics"));

        var series = page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToList();
        var ours = series.Where(line => line.StartsWith("ktp_coverage_", StringComparison.Ordinal) || line.StartsWith("ktp_service_", StringComparison.Ordinal)).ToList();
        Assert.Equal(Provinces * (2 + 4 + 4), ours.Count);
        Assert.True(series.Count + Offices < 2_000, $"{series.Count} series, and a figure for each regency that the incidents have.");
        Assert.Contains("ktp_coverage_target_shortfall{region=\"53\"} 1300", page, StringComparison.Ordinal);
        Assert.Contains("ktp_coverage_target_blanks_short{region=\"53\"} 0", page, StringComparison.Ordinal);
        Assert.Matches("ktp_service_seconds\\{region=\"53\",share=\"0.9\",until=\"handed_over\"\\} ", Sorted(ours.Single(line =>
            line.Contains("\"53\"", StringComparison.Ordinal) && line.Contains("handed_over", StringComparison.Ordinal) && line.Contains("0.9", StringComparison.Ordinal))));
    }

    /// <summary>Labels come in the order of the instrument.</summary>
    private static string Sorted(string line) => line[..line.IndexOf('{', StringComparison.Ordinal)] + "{"
        + string.Join(',', line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..line.IndexOf('}', StringComparison.Ordinal)].Split(',').Order(StringComparer.Ordinal))
        + line[line.IndexOf('}', StringComparison.Ordinal)..];

    /// <summary>514 regencies in 38 provinces (of 13 or 14), one district in each, 100 citizens missing in each, and a wait in each province.</summary>
    private static async ValueTask FillAsync(Tx tx)
    {
        await tx.ExecuteAsync("INSERT INTO coverage_targets (region, day) VALUES ('', $1)", new DateOnly(2016, 9, 30).ToStored());
        for (var office = 0; office < Offices; office++)
        {
            var province = ProvinceOf(office % Provinces);
            var district = string.Create(CultureInfo.InvariantCulture, $"{province}.{office / Provinces + 1:00}.01");
            await tx.ExecuteAsync("INSERT INTO coverage_totals (region, parent, obliged, recorded) VALUES ($1, $2, 100, 0)", district, district[..5]);
        }

        for (var number = 0; number < Provinces; number++)
        {
            var province = ProvinceOf(number);
            await tx.ExecuteAsync("INSERT INTO regions (code, name) VALUES ($1, $1)", province);
            await tx.ExecuteAsync("INSERT INTO coverage_totals (region, parent, obliged, recorded) VALUES ($1, '', 1400, 0)", province);
            await tx.ExecuteAsync("INSERT INTO service_days (place, day, ended, bucket, citizens) VALUES ($1, $2, 1, 70, 3)", province, new DateOnly(2016, 9, 1).ToStored());
            await tx.ExecuteAsync("INSERT INTO service_days (place, day, ended, bucket, citizens) VALUES ($1, $2, 2, 80, 3)", province, new DateOnly(2016, 9, 1).ToStored());
        }
    }

    private static string ProvinceOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{(number == 37 ? 53 : number + 11):00}");
}
