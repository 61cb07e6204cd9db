using Ktp.Cards.V1;
using Ktp.Coverage.V1;
using KtpGrpc.Fleet.Live;
using KtpGrpc.Fleet.Run;
using Spectre.Console;

namespace KtpGrpc.Fleet.Tests.Live;

public sealed class CityViewTests
{
    [Fact]
    public void Screen_OfACityWithSpoiledCards_TellsInOneLineWhereTheyAre()
    {
        var plan = SmallScenario.Plan();
        var nowhere = new Uri("http://127.0.0.1:1");
        var city = new CityPicture([], [], [], new Balance { Received = 100, Spoiled = 3, Custody = 40, Listed = 2, Destroyed = 7 }, new Coverage());
        using var output = new StringWriter();
        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        screen.Profile.Width = 160;

        screen.Write(CityView.Draw(plan, [], city, plan.Start, new FleetPlaces(nowhere, nowhere, nowhere, "data", "work"), away: null));

        Assert.Contains("spoiled cards  at the desks 3  in custody 42  destroyed before witnesses 7", output.ToString(), StringComparison.Ordinal);
    }
}
