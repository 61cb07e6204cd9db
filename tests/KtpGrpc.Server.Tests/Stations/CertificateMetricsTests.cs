using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Session;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Stations;

public sealed class CertificateMetricsTests
{
    [Fact]
    public async Task Certificates_OfConnectedStations_AreCountedWhereTheirRenewalIsOverdue()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04", "31.71.01");
        var (sound, late, away) = (await server.JoinAsync("53.71.04"), await server.JoinAsync("53.71.04"), await server.JoinAsync("53.71.04"));
        using var first = await Talk.WelcomedAsync(sound);
        using var second = await Talk.WelcomedAsync(late);
        using var third = await Talk.WelcomedAsync(await server.JoinAsync("31.71.01"));
        Assert.DoesNotContain("ktp_stations_renewals_overdue{", await ReadAsync(server));

        var expiry = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(80);
        await ExpireAsync(server, late.Id, expiry);
        await ExpireAsync(server, away.Id, expiry.AddDays(-70));

        var page = await ReadAsync(server);
        Assert.Contains("ktp_stations_renewals_overdue{region=\"53\"} 1\n", page);
        Assert.DoesNotContain("ktp_stations_renewals_overdue{region=\"31\"}", page);
        Assert.Contains($"ktp_stations_certificate_expiry_timestamp_seconds {expiry.ToUnixTimeSeconds()}\n", page);
        Assert.Empty(await server.FaultsAsync());
    }

    private static async Task ExpireAsync(RunningServer server, string station, DateTimeOffset at)
    {
        var id = StationId.Require(station);
        var journal = server.Services.GetRequiredService<JournalWriter>();
        await server.Services.GetRequiredService<Database>().WriteAsync(
            tx => journal.AcceptAsync(tx, TimeProvider.System.GetUtcNow(), "test", new CertificateRenewed(station, id.Region.Value, at)), CancellationToken.None);
        await server.Services.GetRequiredService<StationDirectory>().RefreshAsync(id, CancellationToken.None);
    }

    private static async Task<string> ReadAsync(RunningServer server)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(server.HttpAddress, "/metrics"));
    }
}
