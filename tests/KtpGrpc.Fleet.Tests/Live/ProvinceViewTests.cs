using Google.Protobuf.WellKnownTypes;
using Ktp.Cards.V1;
using Ktp.Coverage.V1;
using Ktp.Health.V1;
using KtpGrpc.Fleet.Live;
using KtpGrpc.Fleet.Run;
using Spectre.Console;

namespace KtpGrpc.Fleet.Tests.Live;

public sealed class ProvinceViewTests
{
    [Fact]
    public void Screen_OfAProvince_HasALineForEachRegencyWithASignForEachDesk()
    {
        var plan = SmallProvince.Plan();
        Condition[] conditions =
        [
            Of("53.01.01-1", ConditionState.Healthy), Of("53.01.02-1", ConditionState.Failing), Of("53.01.03-1", ConditionState.Failed),
            Of("53.02.01-1", ConditionState.Healthy),
        ];

        var lines = Draw(plan, conditions).Split('\n');

        Assert.Contains("●◑✕", Assert.Single(lines, line => line.Contains("53.01 ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("failed 03-1 iris It shows", Assert.Single(lines, line => line.Contains("53.01 ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Matches("Timor Tengah Selatan +●○ ", Assert.Single(lines, line => line.Contains("53.02 ", StringComparison.Ordinal)));
        Assert.Contains("○○○○", Assert.Single(lines, line => line.Contains("53.71 ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Storm_OverARegency_IsShownWhileItLasts()
    {
        var plan = SmallProvince.Plan();
        var storm = plan.Storms[0];

        Assert.Contains("storm", Assert.Single(Draw(plan, [], storm.From.AddMinutes(1)).Split('\n'), line => line.Contains(storm.Region + " ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string Draw(KtpGrpc.Fleet.Plan.FleetPlan plan, IReadOnlyList<Condition> conditions, DateTimeOffset? now = null)
    {
        var nowhere = new Uri("http://127.0.0.1:1");
        var picture = new CityPicture(conditions, [], [], new Balance(), new Coverage());
        using var output = new StringWriter();
        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        screen.Profile.Width = 160;
        screen.Profile.Encoding = System.Text.Encoding.UTF8;
        screen.Write(ProvinceView.Draw(plan, technicians: null, picture, now ?? plan.Start.AddHours(-1), new FleetPlaces(nowhere, nowhere, nowhere, "data", "work"), away: null, (160, 50)));
        return output.ToString();
    }

    private static Condition Of(string station, ConditionState state) => new()
    {
        StationId = station,
        Device = new Device { Kind = DeviceKind.Iris, Serial = "I" },
        State = state,
        Since = new DateTimeOffset(2019, 1, 2, 0, 0, 0, TimeSpan.Zero).ToTimestamp(),
        Evidence = { new Evidence { Summary = "It shows the code sensor-dead." } },
    };
}
