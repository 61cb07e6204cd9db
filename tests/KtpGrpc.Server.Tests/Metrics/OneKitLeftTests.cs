using System.Text.Json;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Server.Tests.Incidents;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

/// <summary>Kupang's last months, watched by a real Prometheus and a real Alertmanager with the files of docs/prometheus.</summary>
public sealed class OneKitLeftTests
{
    private const string Region = "53.71";

    [Fact]
    public async Task SecondLastKit_Dying_ArrivesAtAWebhookAndTheLastOneTakesItsPlace()
    {
        await using var city = await City.StartAsync(Engine.Sqlite);
        await using var monitoring = await Monitoring.StartAsync(city.Server.HttpAddress);
        for (var dead = 0; dead < 4; dead++)
        {
            await DieAsync(city, dead);
        }

        await monitoring.SeesAsync($"region:ktp_working_stations:max{{region=\"{Region}\"}} == 2");
        Assert.Empty(monitoring.Received);
        await DieAsync(city, 4);

        var oneLeft = await monitoring.ReceivesAsync("KtpOneKitLeft");
        Assert.Equal(Region, oneLeft.GetProperty("groupLabels").GetProperty("region").GetString());
        var alert = oneLeft.GetProperty("alerts")[0];
        Assert.Equal("firing", alert.GetProperty("status").GetString());
        Assert.Equal("critical", alert.GetProperty("labels").GetProperty("severity").GetString());
        Assert.Equal($"One kit left in {Region}", alert.GetProperty("annotations").GetProperty("summary").GetString());
        Assert.Equal("docs/operations.md#ktponekitleft", alert.GetProperty("annotations").GetProperty("runbook_url").GetString());

        await DieAsync(city, 5);

        var noneLeft = await monitoring.ReceivesAsync("KtpNoKitLeft");
        Assert.Equal($"No kit left in {Region}: nobody is recorded", Summaries(noneLeft, "KtpNoKitLeft").Single());
        await monitoring.IsInhibitedAsync("KtpOneKitLeft");
        Assert.DoesNotContain(monitoring.Received, seen => seen.GetProperty("status").GetString() == "resolved");
        await city.VerifyAsync();
    }

    /// <summary>A day later a kit's scanner dies, and nothing is heard of that kit any more.</summary>
    private static async Task DieAsync(City city, int number)
    {
        var died = City.Start.AddDays(number + (number < 5 ? 1 : 2));
        await city.LiveUntilAsync(died);
        var kit = city.Kits[number];
        await kit.TakeAsync(died, Kit.Sample(kit.Devices[0], died, "sensor-dead"));
        city.Mute.Add(kit);
        await city.LiveUntilAsync(died.AddHours(1));
    }

    private static IEnumerable<string?> Summaries(JsonElement message, string alert) => message.GetProperty("alerts").EnumerateArray()
        .Where(one => one.GetProperty("labels").GetProperty("alertname").GetString() == alert)
        .Select(one => one.GetProperty("annotations").GetProperty("summary").GetString());
}
