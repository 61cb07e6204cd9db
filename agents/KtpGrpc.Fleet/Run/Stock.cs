using Ktp.Cards.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Run;

/// <summary>An office's stock officer: takes deliveries in and keeps the hoppers filled while there are blanks.</summary>
internal sealed class Stock(FleetPlan plan, ServerLink server, string office)
{
    /// <summary>No serial is in two offices: each has a range of its own, wider than all that it is ever sent.</summary>
    private const long SerialsOfAnOffice = 10_000_000;

    private readonly long _firstSerial = 1 + (SerialsOfAnOffice * plan.Offices.ToList().IndexOf(office));
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
                RequestId = $"fleet-blanks-{office}-{number}",
                OfficeCode = office,
                FirstSerial = _firstSerial + _received,
                Count = delivery.Count,
                Counted = delivery.Count,
                Document = $"BAST {number}/{office}/{delivery.At.Value.Year}",
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
