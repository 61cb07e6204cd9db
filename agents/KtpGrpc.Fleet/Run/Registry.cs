using Google.Protobuf.WellKnownTypes;
using Ktp.Coverage.V1;
using Ktp.Stations.V1;
using KtpGrpc.Fleet.Plan;

namespace KtpGrpc.Fleet.Run;

/// <summary>What an admin does before the first day: the tree, the obliged citizens, a join token for each station.</summary>
internal sealed class Registry(FleetPlan plan, ServerLink server)
{
    private readonly StationService.StationServiceClient _stations = new(server.Invoker);
    private readonly CoverageService.CoverageServiceClient _coverage = new(server.Invoker);

    public async Task OpenBooksAsync(CancellationToken cancellation)
    {
        var regions = new PutRegionsRequest { RequestId = "fleet-regions" };
        regions.Regions.AddRange(plan.File.Regions.OrderBy(region => region.Code.Length).Select(region => new Region { Code = region.Code, Name = region.Name }));
        await server.CallAsync(options => _stations.PutRegionsAsync(regions, options), cancellation);
        foreach (var district in plan.File.Regions.Where(region => region.Obliged is not null))
        {
            var obliged = new SetObligedRequest
            {
                RequestId = $"fleet-obliged-{district.Code}",
                RegionCode = district.Code,
                Obliged = district.Obliged ?? 0,
                RecordedBefore = district.RecordedBefore ?? 0,
                AsOf = plan.Start.ToTimestamp(),
            };
            await server.CallAsync(options => _coverage.SetObligedAsync(obliged, options), cancellation);
        }
    }

    public async Task<string> TokenAsync(FleetStation station, CancellationToken cancellation)
    {
        var request = new CreateJoinTokenRequest
        {
            RequestId = $"fleet-token-{station.Id}",
            RegionCode = station.Desk.District,
            StationName = station.Desk.Name,
        };
        return (await server.CallAsync(options => _stations.CreateJoinTokenAsync(request, options), cancellation)).Token;
    }
}
