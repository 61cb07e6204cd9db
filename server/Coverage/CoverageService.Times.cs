using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Coverage.V1;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Coverage;

/// <summary>"Long process, long queue", as numbers.</summary>
internal sealed partial class CoverageService
{
    [Right(Role.Viewer)]
    public override async Task<GetServiceTimesResponse> GetServiceTimes(GetServiceTimesRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode) is { Depth: 2 or 3 } code
            ? code
            : throw Refuse.Invalid("region_code must be a regency's, a city's or a district's: stations are listed one by one.");
        Caller.Of(context).RequireRegion(region);
        var (now, today) = (clock.Now, LocalDay.Of(region, clock.Now));
        var (first, last) = CoverageWire.SpanOf(request.FirstDay, request.LastDay) ?? (today.AddDays(1 - CoverageWire.UsualDays), today);
        return await database.ReadAsync(async tx =>
        {
            await RequireKnownAsync(tx, region);
            var stations = await ServiceStore.ListAsync(tx, region, first, last);
            var supplies = await SupplyStore.ListAsync(tx, region.Office, now);
            var office = ToWire(Service.Sum(stations.Values));
            (office.RegionCode, office.Queue) = (region.Value, supplies.Sum(supply => supply.Backlog));
            return new GetServiceTimesResponse
            {
                FirstDay = first.ToText(),
                LastDay = last.ToText(),
                Region = office,
                Stations = { stations.Select(station => Of(station.Key, station.Value)) },
            };
        }, context.CancellationToken);

        static ServiceTimes Of(string station, Service service)
        {
            var times = ToWire(service);
            (times.StationId, times.RegionCode) = (station, StationId.Trusted(station).Region.Value);
            return times;
        }
    }

    private static ServiceTimes ToWire(Service service) => new()
    {
        Captures = service.Captures.Count,
        CapturesPerHour = service.Captures.PerHour,
        Printed = ToWire(service.Printed),
        HandedOver = ToWire(service.HandedOver),
        Captured = ToWire(service.Captured),
    };

    private static Waits ToWire(IReadOnlyList<(int Bucket, long Count)> buckets) => new()
    {
        Citizens = buckets.Sum(bucket => bucket.Count),
        Median = WaitBuckets.Quantile(buckets, 0.5)?.ToDuration(),
        P90 = WaitBuckets.Quantile(buckets, 0.9)?.ToDuration(),
    };
}
