using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>Who got the bad lot of ribbons, and while it lasts.</summary>
internal sealed class RibbonLot
{
    private readonly HashSet<string> _stations = [];
    private readonly (DateTimeOffset From, DateTimeOffset To) _while;

    public RibbonLot(ScenarioFile file, IReadOnlyList<string> stationIds, int seed)
    {
        if (file.Province?.RibbonBatch is not { } batch)
        {
            return;
        }

        (Model, FailedPrints) = (batch.Model, batch.FailedPrints);
        _while = (new LocalMoment(batch.From.ToDateTime(TimeOnly.MinValue)).At(file.UtcOffset), new LocalMoment(batch.To.AddDays(1).ToDateTime(TimeOnly.MinValue)).At(file.UtcOffset));
        _stations = [.. file.Stations.Zip(stationIds)
            .Where(desk => desk.First.Kit.Any(device => device.Kind == DeviceKind.Printer && device.Model == batch.Model)
                && Chance.Of(seed, "ribbons/" + desk.First.District[..5]).Happens(batch.Share))
            .Select(desk => desk.Second)];
    }

    public string Model { get; } = "";

    public double FailedPrints { get; }

    /// <summary>Whether the printer of a station has a ribbon of it.</summary>
    public bool IsIn(string stationId, DateTimeOffset now) => Lasts(now) && _stations.Contains(stationId);

    public bool Lasts(DateTimeOffset now) => _while.From <= now && now < _while.To;
}
