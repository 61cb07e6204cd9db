using Ktp.Cards.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Run;

/// <summary>The city's stock officer: takes deliveries in and keeps the hoppers filled while there are blanks.</summary>
internal sealed class Stock(FleetPlan plan, ServerLink server)
{
    private readonly CardService.CardServiceClient _cards = new(server.Invoker);
    private readonly Queue<ScenarioDelivery> _deliveries = new(plan.File.Blanks.OrderBy(delivery => delivery.At.Value));
    private long _received;
    private int _vault;

    public long Received => _received;

    public async Task TakeInAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        while (_deliveries.TryPeek(out var delivery) && delivery.At.At(plan.File.UtcOffset) <= now)
        {
            var number = plan.File.Blanks.Count - _deliveries.Count + 1;
            var request = new ReceiveBlanksRequest
            {
                RequestId = $"fleet-blanks-{number}",
                OfficeCode = plan.File.City,
                FirstSerial = 1 + _received,
                Count = delivery.Count,
                Counted = delivery.Count,
                Document = $"BAST {number}/{plan.File.City}/{delivery.At.Value.Year}",
            };
            await server.CallAsync(options => _cards.ReceiveBlanksAsync(request, options), cancellation);
            _deliveries.Dequeue();
            _received += delivery.Count;
            _vault += delivery.Count;
        }
    }

    /// <summary>Each printer gets what it can print in one beat; when blanks run short, the first in order get them.</summary>
    public async Task FillHoppersAsync(IEnumerable<FleetStation> stations, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var station in stations)
        {
            if (station.Printer is not { } printer || station.IsSilent || plan.IsSilent(station.Id, now) || plan.IsUplinkOut(station.Id, now))
            {
                continue;
            }

            var count = Math.Min(plan.File.Printing.CardsPerBeat - printer.Hopper, _vault);
            if (count <= 0)
            {
                continue;
            }

            var request = new LoadHopperRequest { RequestId = $"fleet-hopper-{station.Id}-{now.ToUnixTimeSeconds()}", StationId = station.Id, Count = count };
            await server.CallAsync(options => _cards.LoadHopperAsync(request, options), cancellation);
            printer.Fill(count);
            _vault -= count;
        }
    }
}
