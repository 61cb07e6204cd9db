using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Printing;

/// <summary>How long supplies last, and who is to get what of more.</summary>
internal sealed partial class PrintingService
{
    [Right(Role.Viewer)]
    public override async Task<GetForecastResponse> GetForecast(GetForecastRequest request, ServerCallContext context)
    {
        var now = clock.Now;
        return new GetForecastResponse { Forecasts = { (await SuppliesAsync(request.RegionCode, now, context)).Select(supply => ToForecast(supply, now)) } };
    }

    [Right(Role.Viewer)]
    public override async Task<ProposeCollectionResponse> ProposeCollection(ProposeCollectionRequest request, ServerCallContext context)
    {
        var available = Require.Within(request.Available, "available", 1, 10_000_000);
        var days = (int)Require.Within(request.Days, "days", 1, 365);
        var shares = Collecting.Propose(await SuppliesAsync(request.RegionCode, clock.Now, context), available, days);
        return new ProposeCollectionResponse
        {
            Shares =
            {
                shares.Select(share => new CollectionShare
                {
                    OfficeCode = share.Office.Value,
                    Blanks = share.Blanks,
                    Wanted = share.Wanted,
                    DaysCovered = share.DaysCovered,
                }),
            },
            Left = available - shares.Sum(share => share.Blanks),
        };
    }

    private async Task<List<Supply>> SuppliesAsync(string regionCode, DateTimeOffset now, ServerCallContext context)
    {
        var region = Require.Region(regionCode) is { Depth: <= 2 } code ? code : throw Refuse.Invalid("region_code must be a province's or regency's, or empty: a district has no office.");
        Caller.Of(context).RequireRegion(region);
        return await database.ReadAsync(tx => SupplyStore.ListAsync(tx, region, now), context.CancellationToken);
    }

    private static Forecast ToForecast(Supply supply, DateTimeOffset now)
    {
        var forecast = new Forecast
        {
            OfficeCode = supply.Office.Value,
            Blanks = supply.Blanks,
            Backlog = supply.Backlog,
            BlanksPerDay = supply.PerDay,
            BlanksOutAt = supply.BlanksOutAt(now)?.ToTimestamp(),
            BlanksShort = supply.Short,
            RibbonOutAt = supply.RibbonOutAt(now)?.ToTimestamp(),
        };
        if (supply.RibbonLeft is { } cards)
        {
            forecast.RibbonLeft = cards;
        }

        return forecast;
    }
}
