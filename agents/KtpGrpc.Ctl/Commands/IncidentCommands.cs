using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Ktp.Incidents.V1;
using Client = Ktp.Incidents.V1.IncidentService.IncidentServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>What is wrong, and what a person says of it.</summary>
internal static class IncidentCommands
{
    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("incident", "What is wrong, and who sees to it.")
        {
            List(New("list", "The open incidents of a region, oldest first.")),
            Acknowledge(New("ack", "Say that you have seen an incident and see to it.")),
            Silence(New("silence", "Let an incident make no notice until a moment, or end that.")),
        };
    }

    /// <summary>How near every regency and city is to recording nothing any more.</summary>
    public static Command MakeRedundancy(Terminal terminal, GlobalOptions global)
    {
        var verb = new Verb("redundancy", "How near each regency and city of a region is to recording nothing any more, most citizens at risk first.", terminal, global);
        var region = Region(verb);
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListRedundancyAsync(
                new ListRedundancyRequest { RegionCode = call.Get(region), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Redundancy, page.NextPageToken)));
    }

    private static Verb List(Verb verb)
    {
        var (region, closed) = (Region(verb), verb.Takes<bool>("--closed", "The closed ones as well."));
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListIncidentsAsync(
                new ListIncidentsRequest { RegionCode = call.Get(region), OpenOnly = !call.Get(closed), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Incidents, page.NextPageToken)));
    }

    private static Verb Acknowledge(Verb verb)
    {
        var (incident, until) = (Incident(verb), Until(verb, "When it asks again if it is still open; 7 days from now where it is not given."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).AcknowledgeIncidentAsync(
            new AcknowledgeIncidentRequest { RequestId = call.RequestId(), IncidentId = call.Get(incident), Until = call.Get(until)?.ToTimestamp() }, cancellationToken: call.Cancellation)));
    }

    private static Verb Silence(Verb verb)
    {
        var (incident, until) = (Incident(verb), Until(verb, "Until when; with --reason."));
        var (reason, lift) = (verb.Takes<string>("--reason", "Why; 1 to 200 characters, no NIK."), verb.Takes<bool>("--lift", "End the silence now."));
        return verb.Does(call =>
        {
            if (call.Get(lift) == call.Get(until) is not null)
            {
                throw new UsageException("Give --until and --reason, or --lift.");
            }

            return call.ShowAsync(new Client(call.Server()).SilenceIncidentAsync(
                new SilenceIncidentRequest { RequestId = call.RequestId(), IncidentId = call.Get(incident), Until = call.Get(until)?.ToTimestamp(), Reason = call.Get(reason) ?? "" },
                cancellationToken: call.Cancellation));
        });
    }

    private static Argument<string> Region(Verb verb) => verb.Wants<string>("REGION", "PP, PP.KK, PP.KK.DD; \"\" for the whole country.");

    private static Argument<string> Incident(Verb verb) => verb.Wants<string>("INCIDENT", "Its id, as `incident list` tells.");

    private static Option<DateTimeOffset?> Until(Verb verb, string description) => verb.Takes<DateTimeOffset?>("--until", description + " As 2017-03-30T15:00+08:00.");
}
