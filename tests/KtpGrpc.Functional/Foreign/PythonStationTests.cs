using System.Text.Json;
using Ktp.Health.V1;
using Ktp.Stations.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Functional.Foreign;

public sealed class PythonStationTests
{
    // The interpreter for which Debian installs python3-grpcio.
    private const string Python = "/usr/bin/python3";
    private const int Samples = 50;

    [Fact]
    public async Task Python_JoinsAsAStationAndStreamsSamples_AndIsRefusedOneFromTheFuture()
    {
        await using var server = await RunningServer.StartAsync();
        using var folder = new TempFolder();
        await server.PutRegionsAsync("53.71.04");
        var token = await new StationService.StationServiceClient(server.Admin).CreateJoinTokenAsync(
            new CreateJoinTokenRequest { RequestId = "1", RegionCode = "53.71.04", StationName = "Desk" });
        await File.WriteAllTextAsync(folder["ca.pem"], server.Authority.ExportCertificatePem());
        Directory.CreateDirectory(folder["scratch"]);

        using var client = ChildProcess.Start(Python,
        [
            Path.Combine(AppContext.BaseDirectory, "Foreign", "station_client.py"), $"localhost:{server.ControlAddress.Port}", folder["ca.pem"], token.Token,
            Path.Combine(Repository.Root, "protos"), folder["scratch"], $"{Samples}",
        ]);
        var code = await client.WaitForExitAsync(TimeSpan.FromSeconds(120));

        Assert.True(code == 0, client.ToString());
        var told = JsonDocument.Parse(client.Lines[^1]).RootElement;
        Assert.Equal("53.71.04-1", told.GetProperty("station").GetString());
        Assert.True(told.GetProperty("welcomed").GetBoolean());
        Assert.Equal(Samples + 2, told.GetProperty("seen").GetInt32());
        var refused = Assert.Single(told.GetProperty("refused").EnumerateArray());
        Assert.Equal((Samples + 2, 3), (refused[0].GetInt32(), refused[1].GetInt32()));
        Assert.Contains("ahead", refused[2].GetString());
        var conditions = await new HealthService.HealthServiceClient(server.Admin).ListConditionsAsync(new ListConditionsRequest { RegionCode = "53.71" });
        Assert.Contains(conditions.Conditions, condition => condition.Device.Serial == "FP-PY-1" && condition.State == ConditionState.Healthy);
    }
}
