using FsCheck;
using FsCheck.Fluent;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;
using Reserve = KtpGrpc.Server.Incidents.Reserve;

namespace KtpGrpc.Server.Tests.Incidents;

public sealed class ReserveTests
{
    private const long Waiting = 191_644;

    private const ConditionState H = ConditionState.Healthy;

    /// <summary>Kupang's last months: Kota Raja and Oebobo, then Oebobo alone, then nobody.</summary>
    [Fact]
    public void Kupang_MonthByMonth_ComesNearerToNobody()
    {
        (string Month, ConditionState[] Kits, RedundancyLevel Level, double Least, double Most, long AtRisk, int LeastDays, int MostDays)[] months =
        [
            ("2016-07", [H, H, H], RedundancyLevel.Spare, 0, 1e-5, 0, 4300, 5300),
            ("2016-10", [H, H], RedundancyLevel.Spare, 5e-5, 2e-4, 18, 3700, 4000),
            ("2016-11", [ConditionState.Degraded, H], RedundancyLevel.Spare, 1e-3, 3e-3, 320, 2800, 3700),
            ("2016-12", [ConditionState.Failing, H], RedundancyLevel.Spare, 4e-3, 7e-3, 1_060, 2100, 3400),
            ("2017-01", [H], RedundancyLevel.OneLeft, 9e-3, 1.1e-2, Waiting, 2100, 2150),
            ("2017-02", [ConditionState.Degraded], RedundancyLevel.OneLeft, 0.15, 0.20, Waiting, 600, 1500),
            ("2017-03", [ConditionState.Failing], RedundancyLevel.OneLeft, 0.55, 0.60, Waiting, 14, 18),
            ("2017-04", [], RedundancyLevel.NoneLeft, 1, 1, Waiting, 0, 0),
        ];

        var before = -1.0;
        foreach (var month in months)
        {
            var now = DateTimeOffset.Parse(month.Month + "-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
            var city = new CityRedundancy(RegionCode.Trusted("53.71"), new Reserve(6, month.Kits, Had: true), Waiting, new Reserve(0, [], Had: false), null);

            Assert.Equal((month.Month, month.Level), (month.Month, city.Kits.Level));
            Assert.InRange(city.Kits.Risk, month.Least, month.Most);
            Assert.InRange(city.AtRisk, month.AtRisk * 0.9, month.AtRisk * 1.1 + 1);
            Assert.InRange((city.Kits.LastFailureAt(now) - now)?.TotalDays ?? 0, month.LeastDays, month.MostDays);
            Assert.True(city.Kits.Risk > before, month.Month);
            before = city.Kits.Risk;
        }
    }

    [Fact]
    public void Reserve_OfAnyKits_IsNeverSaferWithOneLessOrASickerOne() => Property.Holds(Gen.Elements(
        H, ConditionState.Unknown, ConditionState.Degraded, ConditionState.Failing).ListOf().Select(kits => kits.Take(8).ToArray()), kits =>
    {
        var (now, all) = (DateTimeOffset.UnixEpoch, new Reserve(9, [.. kits, H], Had: true));

        Assert.InRange(all.Risk, 0, 1);
        Assert.True(new Reserve(9, kits, Had: true).Risk >= all.Risk);
        Assert.True(new Reserve(9, [.. kits, ConditionState.Failing], Had: true).Risk >= all.Risk);
        Assert.True(kits.Length == 0 || new Reserve(9, kits, Had: true).LastFailureAt(now) <= all.LastFailureAt(now)!.Value.AddDays(0.1));
    });

    [Fact]
    public void OneKit_OfAnyHealth_PutsAllWhoWaitAtRiskAndNoneThatNeverWasPutsNobody()
    {
        var never = new Reserve(0, [], Had: false);

        Assert.Equal(10, new CityRedundancy(RegionCode.Trusted("53.71"), new Reserve(1, [H], Had: true), 10, never, null).AtRisk);
        Assert.Equal((RedundancyLevel.Unspecified, 0.0), (never.Level, never.Risk));
    }

    [Theory]
    [InlineData("00000000000000000000")]
    [InlineData("")]
    public void Keys_OrderByCitizensAtRisk(string start)
    {
        static CityRedundancy Of(string office, int kits, long waiting) => new(
            RegionCode.Trusted(office), new Reserve(6, [.. Enumerable.Repeat(H, kits)], Had: true), waiting, new Reserve(0, [], Had: false), null);
        CityRedundancy[] cities = [Of("53.01", 3, 1_000_000), Of("53.02", 1, 5_000), Of("53.03", 0, 4_000), Of("53.04", 1, 191_644)];

        var ordered = cities.Where(city => string.CompareOrdinal(city.Key, start) > 0).OrderBy(city => city.Key, StringComparer.Ordinal);

        Assert.Equal(["53.04", "53.02", "53.03", "53.01"], ordered.Select(city => city.Office.Value));
    }
}
