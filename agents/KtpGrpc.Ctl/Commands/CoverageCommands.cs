using System.CommandLine;
using Ktp.Coverage.V1;
using Client = Ktp.Coverage.V1.CoverageService.CoverageServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>How far a region has come, by when it is to be done, and how long citizens wait.</summary>
internal static class CoverageCommands
{
    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("coverage", "Citizens recorded against those who must be.")
        {
            Show(New("show", "A region and those below it: recorded, pace, days to completion.")),
            new Command("target", "The days by which all are to be recorded.")
            {
                SetTarget(New("set", "Set a region's target date; it holds for all below that have none of their own.")),
                ShowTarget(New("show", "The target that holds for a region and those below it, and who will be missing.")),
                ListTargets(New("list", "The targets that were set for a region or any below it.")),
            },
        };
    }

    public static Command MakeService(Terminal terminal, GlobalOptions global) => new("service", "How citizens are served.")
    {
        Times(new Verb("times", "From capture to card, and captures an hour, by station.", terminal, global)),
    };

    private static Verb Show(Verb verb)
    {
        var (region, (first, last)) = (Region(verb), Span(verb, "Also the days of a span, yyyy-MM-dd, with --to."));
        return verb.Does(async call =>
        {
            var told = await new Client(call.Server()).GetCoverageAsync(
                new GetCoverageRequest { RegionCode = call.Get(region), FirstDay = call.Get(first) ?? "", LastDay = call.Get(last) ?? "" }, cancellationToken: call.Cancellation);
            if (call.Json)
            {
                call.Terminal.Show(told, json: true);
                return;
            }

            call.Terminal.Show([told.Coverage, .. told.Below], json: false);
            if (told.Days.Count > 0)
            {
                call.Terminal.Show(told.Days, json: false);
            }
        });
    }

    private static Verb SetTarget(Verb verb)
    {
        var (region, date) = (Region(verb), verb.Takes<string>("--date", "yyyy-MM-dd; that day counts."));
        var lift = verb.Takes<bool>("--lift", "Take the region's own target away.");
        return verb.Does(call => call.Get(lift) == call.Get(date) is { Length: > 0 }
            ? throw new UsageException("Give --date, or --lift.")
            : call.ShowAsync(new Client(call.Server()).SetTargetAsync(
                new SetTargetRequest { RequestId = call.RequestId(), RegionCode = call.Get(region), Date = call.Get(date) ?? "" }, cancellationToken: call.Cancellation)));
    }

    private static Verb ShowTarget(Verb verb)
    {
        var region = Region(verb);
        return verb.Does(async call =>
        {
            var told = await new Client(call.Server()).GetTargetAsync(new GetTargetRequest { RegionCode = call.Get(region) }, cancellationToken: call.Cancellation);
            if (call.Json)
            {
                call.Terminal.Show(told, json: true);
                return;
            }

            call.Terminal.Show([told.Target, .. told.Below], json: false);
        });
    }

    private static Verb ListTargets(Verb verb)
    {
        var region = Region(verb);
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListTargetsAsync(new ListTargetsRequest { RegionCode = call.Get(region), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Targets, page.NextPageToken)));
    }

    private static Verb Times(Verb verb)
    {
        var (region, (first, last)) = (verb.Wants<string>("REGION", "PP.KK or PP.KK.DD."), Span(verb, "A span of days, yyyy-MM-dd, with --to; the last 28 where it is not given."));
        return verb.Does(async call =>
        {
            var told = await new Client(call.Server()).GetServiceTimesAsync(
                new GetServiceTimesRequest { RegionCode = call.Get(region), FirstDay = call.Get(first) ?? "", LastDay = call.Get(last) ?? "" }, cancellationToken: call.Cancellation);
            if (call.Json)
            {
                call.Terminal.Show(told, json: true);
                return;
            }

            call.Terminal.Say($"from {told.FirstDay} to {told.LastDay}");
            call.Terminal.Show([told.Region, .. told.Stations], json: false);
        });
    }

    private static Argument<string> Region(Verb verb) => verb.Wants<string>("REGION", "PP, PP.KK, PP.KK.DD; \"\" for the whole country.");

    private static (Option<string> First, Option<string> Last) Span(Verb verb, string description) =>
        (verb.Takes<string>("--from", description), verb.Takes<string>("--to", "The last day of the span."));
}
