using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests.Scenarios;

public sealed class ScenarioReaderTests
{
    [Theory]
    [InlineData("kupang-2017")]
    [InlineData("busy-month")]
    public void Scenario_ThatComesWithTheFleet_Holds(string name)
    {
        var file = ScenarioReader.Load(name);

        Assert.Equal(name, file.Name);
        Assert.Equal(6, file.Stations.Count);
        Assert.Equal(411_046, file.Regions.Sum(region => region.Obliged));
    }

    [Fact]
    public void Province_ThatComesWithTheFleet_HasADeskInEachRegencyOfIt()
    {
        var file = ScenarioReader.Load("rats-and-lightning");
        var plan = new FleetPlan(file, 1);

        Assert.Equal(22, plan.Offices.Count);
        Assert.Equal([.. Enumerable.Range(1, 21).Select(regency => $"53.{regency:D2}"), "53.71"], plan.Offices);
        Assert.Equal(85, file.Stations.Count);
        Assert.All(plan.Offices, office => Assert.Single(file.Stations, station => station.District.StartsWith(office, StringComparison.Ordinal) && station.Kit.Any(device => device.Kind == Ktp.Health.V1.DeviceKind.Printer)));
        Assert.All(file.Stations, station => Assert.Contains(file.Regions, region => region.Code == station.District && region.Obliged > region.RecordedBefore));
        Assert.All(file.Holidays, day => Assert.True(plan.Calendar.IsHoliday(day)));
    }

    [Theory]
    [InlineData("\"2019-06-05\"]", "\"2019-07-05\"]", "holidays: 2019-07-05 lies outside")]
    [InlineData("\"city\": \"53\"", "\"city\": \"54\"", "city '54'")]
    [InlineData("\"desks\": 2", "\"desks\": 0", "'53.02' must be a regency")]
    [InlineData("\"code\": \"53.02\"", "\"code\": \"52.02\"", "'52.02' must be a regency")]
    [InlineData("\"year\": 2018", "\"year\": 2020", "that of 2020 must not be younger")]
    [InlineData("\"iris\": \"I\", \"camera\": \"C\", \"printer\": \"P\", \"host\"", "\"camera\": \"C\", \"printer\": \"P\", \"host\"", "a model of each capturing device")]
    [InlineData("\"shape\": 2", "\"shape\": 0", "province.ageing")]
    [InlineData("\"cause\": \"rats\", \"perDeskYear\": 1", "\"cause\": \"wear\", \"perDeskYear\": 1", "Wear must not be wear")]
    [InlineData("\"months\": [1, 2]", "\"months\": [0]", "province.storms")]
    [InlineData("\"lostBeats\": [0, 0.02]", "\"lostBeats\": [0, 2]", "province.links")]
    [InlineData("\"perDeviceYear\": 2", "\"perDeviceYear\": -1", "province.bouts")]
    [InlineData("\"model\": \"P\", \"from\"", "\"model\": \"Q\", \"from\"", "no vintage has a printer of model 'Q'")]
    [InlineData("\"to\": \"2019-03-15\"", "\"to\": \"2019-03-01\"", "province.ribbonBatch")]
    [InlineData("\"technicians\": 2", "\"technicians\": 0", "province.repairs")]
    [InlineData("\"packets\"", "\"faults\": [ { \"station\": \"53.01.01-1\", \"cause\": \"fire\", \"diesFrom\": \"2019-02-01T00:00\", \"diesTo\": \"2019-02-02T00:00\" } ], \"packets\"", "takes no written faults")]
    public void Province_ThatContradictsItself_IsRefusedWithTheReason(string part, string spoilt, string reason) =>
        Assert.Contains(reason, SmallProvince.Refusal(part, spoilt).Message, StringComparison.Ordinal);

    [Fact]
    public void Scenario_ThatIsUnknown_NamesThoseThatThereAre() =>
        Assert.Contains("busy-month, kupang-2017, rats-and-lightning", Assert.Throws<ScenarioException>(() => ScenarioReader.Load("kupang-2018")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"end\": \"2017-03-31\"", "\"end\": \"2016-09-31\"", "'2016-09-31' is not a date that exists")]
    [InlineData("2017-03-30T09:30", "2017-02-29T09:30", "'2017-02-29T09:30' is not a moment that exists")]
    [InlineData("\"closes\": \"10:00\"", "\"closes\": \"25:00\"", "'25:00' is not a time of day")]
    [InlineData("+08:00", "8", "'8' is not an offset from UTC")]
    [InlineData("[30, 60], \"kit\"", "[30], \"kit\"", "A range is an array of two numbers")]
    [InlineData("\"beatMinutes\": 15,", "\"beatMinutes\": 15, \"beats\": 3,", "beats")]
    [InlineData("\"city\": \"53.71\",", "", "city")]
    [InlineData("\"cause\": \"fire\"", "\"cause\": \"ghosts\"", "FaultCause")]
    public void Scenario_ThatCannotBeRead_IsRefusedWithTheLine(string part, string spoilt, string reason)
    {
        var refusal = SmallScenario.Refusal(part, spoilt);

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("line ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"end\": \"2017-03-31\"", "\"end\": \"2017-01-31\"", "lies before start")]
    [InlineData("\"closes\": \"10:00\"", "\"closes\": \"08:00\"", "closes before it opens")]
    [InlineData("\"beatMinutes\": 15", "\"beatMinutes\": 0", "beatMinutes is 0")]
    [InlineData("\"code\": \"53.71.05\", \"name\": \"Kota Raja\", \"obliged\": 1000", "\"code\": \"53.7.05\", \"name\": \"Kota Raja\", \"obliged\": 1000", "'53.7.05' is not a code")]
    [InlineData("{ \"code\": \"53\", \"name\": \"Nusa Tenggara Timur\" }, ", "", "stands without its parent '53'")]
    [InlineData("\"recordedBefore\": 500", "\"recordedBefore\": 1500", "recordedBefore outside 0 to obliged")]
    [InlineData("\"serial\": \"F-2\"", "\"serial\": \"F-1\"", "serial 'F-1' stands on 2 devices")]
    [InlineData("{ \"kind\": \"iris\", \"model\": \"I\", \"serial\": \"I-2\" },", "", "the kit has no iris")]
    [InlineData("\"station\": \"53.71.05-1\"", "\"station\": \"53.71.05-2\"", "there is no such station")]
    [InlineData("\"rampDays\": [21, 35]", "\"rampDays\": [21, 135]", "the longest ramp begins before the scenario")]
    [InlineData(", \"rampDays\": [21, 35]", "", "wear needs")]
    [InlineData("\"cause\": \"fire\",", "\"cause\": \"fire\", \"rampDays\": [1, 2],", "only wear has rampDays")]
    [InlineData("\"device\": \"fingerprint\", \"cause\": \"wear\"", "\"device\": \"printer\", \"cause\": \"wear\"", "not a printer")]
    [InlineData("2017-03-30T09:30", "2017-03-29T09:30", "must rise within the scenario")]
    [InlineData("2017-02-14T09:30", "2017-02-14T08:30", "must rise within the scenario")]
    [InlineData("\"count\": 100 ", "\"count\": 0 ", "a delivery has 1 to 100,000")]
    [InlineData("\"first-time\": 1", "\"first-time\": 0", "priorities need a weight above 0")]
    [InlineData("\"failedPrints\": 0.02", "\"failedPrints\": 2", "each share of failures 0 to 0.3")]
    [InlineData("\"share\": 0.1", "\"share\": 1.1", "share must be 0 to 1")]
    [InlineData("2017-03-24T09:00", "2017-03-25T09:00", "on a working day, while the office is open")]
    [InlineData("2017-03-24T09:00", "2017-03-24T10:00", "on a working day, while the office is open")]
    [InlineData("2017-03-24T09:00", "2017-04-03T09:00", "must lie within the scenario")]
    [InlineData("\"Halaman\"", "\"\"", "a place of 1 to 200 characters")]
    [InlineData("\"method\": \"fire\"", "\"method\": \"unspecified\"", "it needs a method")]
    public void Scenario_ThatContradictsItself_IsRefusedWithTheReason(string part, string spoilt, string reason) =>
        Assert.Contains(reason, SmallScenario.Refusal(part, spoilt).Message, StringComparison.Ordinal);

    [Fact]
    public void Scenario_WithSeveralFaults_TellsAllOfThem()
    {
        var refusal = Assert.Throws<ScenarioException>(() => ScenarioReader.Parse(
            SmallScenario.Json.Replace("\"beatMinutes\": 15", "\"beatMinutes\": 0", StringComparison.Ordinal).Replace("\"count\": 100 ", "\"count\": 0 ", StringComparison.Ordinal), "small"));

        Assert.Contains("beatMinutes", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("delivery", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kupang_WithAnySeed_DiesInTheOrderOfHistoryAndOnTheDay()
    {
        var file = ScenarioReader.Load("kupang-2017");
        string[] order = ["53.71.06-1", "53.71.03-1", "53.71.01-1", "53.71.02-1", "53.71.05-1", "53.71.04-1"];

        for (var seed = 0; seed < 300; seed++)
        {
            var plan = new FleetPlan(file, seed);

            Assert.Equal(order, plan.Deaths.Select(death => death.StationId));
            var last = file.UtcOffset.Local(plan.Deaths[^1].DiesAt);
            Assert.Equal(new DateOnly(2017, 3, 30), DateOnly.FromDateTime(last));
            Assert.InRange(last.Hour, 8, 11);
            foreach (var death in plan.Deaths.Where(death => death.Cause == FaultCause.Wear))
            {
                Assert.InRange((death.DiesAt - death.WearFrom!.Value).TotalDays, 21, 70);
            }

            Assert.All(plan.Deaths, death => Assert.False(plan.IsUplinkOut(death.StationId, death.DiesAt)));
        }
    }
}
