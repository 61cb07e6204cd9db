using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Repairs.V1;
using Client = Ktp.Repairs.V1.RepairService.RepairServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>Work orders, the parts on the shelf, and what to do first.</summary>
internal static class RepairCommands
{
    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("repair", "Repairs, from the first call to the device's own proof.")
        {
            Open(New("open", "Open a repair for an incident, or for a device of a station.")),
            List(New("list", "The repairs of a region, oldest first.")),
            Show(New("show", "One repair.")),
            Assign(New("assign", "Say who does it.")),
            new Command("part", "The part that a repair waits for.")
            {
                OrderPart(New("order", "Say that it was ordered, and when it is expected.")),
                Step(New("receive", "Say that it came."), (client, id, request, token) => client.ReceivePartAsync(new ReceivePartRequest { RequestId = request, RepairId = id }, cancellationToken: token)),
            },
            Step(New("depart", "The technician leaves for the station."), (client, id, request, token) => client.DepartRepairAsync(new DepartRepairRequest { RequestId = request, RepairId = id }, cancellationToken: token)),
            Step(New("arrive", "The technician is there."), (client, id, request, token) => client.ArriveRepairAsync(new ArriveRepairRequest { RequestId = request, RepairId = id }, cancellationToken: token)),
            Complete(New("complete", "Say what was done; from now on the device has to prove itself.")),
            Because(New("escalate", "Hand it to the centre."), (client, id, reason, request, token) => client.EscalateRepairAsync(new EscalateRepairRequest { RequestId = request, RepairId = id, Reason = reason }, cancellationToken: token)),
            Because(New("cancel", "Give it up."), (client, id, reason, request, token) => client.CancelRepairAsync(new CancelRepairRequest { RequestId = request, RepairId = id, Reason = reason }, cancellationToken: token)),
            Suggest(New("suggest", "What to do first: ranked by citizens unblocked per technician-hour.")),
            new Command("parts", "The parts on the shelves.")
            {
                ListParts(New("list", "The parts on hand of a region's offices.")),
                SetParts(New("set", "Say how many of a part an office has.")),
            },
        };
    }

    private static Verb Open(Verb verb)
    {
        var incident = verb.Takes<string>("--incident", "An open incident about a device.");
        var (station, kind) = (verb.Takes<string>("--station", "PP.KK.DD-N"), verb.TakesWord("--kind", "What of it; station for the desk itself.", Words.DeviceKind));
        var (serial, reason) = (verb.Takes<string>("--serial", "The device's serial."), verb.Takes<string>("--reason", "Why; 1 to 500 characters."));
        return verb.Does(call =>
        {
            var (given, at) = (call.Get(incident), call.Get(station));
            if (given is null == at is null)
            {
                throw new UsageException("What is to be repaired? Give --incident, or --station with --kind and --serial.");
            }

            var request = new OpenRepairRequest { RequestId = call.RequestId(), Reason = call.Get(reason) ?? "" };
            if (given is not null)
            {
                request.IncidentId = given;
            }
            else
            {
                request.Device = new StationDevice { StationId = at, Kind = call.Get<DeviceKind>(kind, Words.DeviceKind), Serial = call.Get(serial) ?? "" };
            }

            return call.ShowAsync(new Client(call.Server()).OpenRepairAsync(request, cancellationToken: call.Cancellation));
        });
    }

    private static Verb List(Verb verb)
    {
        var region = verb.Wants<string>("REGION", "PP, PP.KK or PP.KK.DD; '' for the country.");
        var open = verb.Takes<bool>("--open", "Only those that are not over.");
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListRepairsAsync(
                new ListRepairsRequest { RegionCode = call.Get(region), OpenOnly = call.Get(open), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Repairs, page.NextPageToken)));
    }

    private static Verb Show(Verb verb) => Step(verb, (client, id, _, token) => client.GetRepairAsync(new GetRepairRequest { RepairId = id }, cancellationToken: token));

    private static Verb Assign(Verb verb)
    {
        var (id, technician) = (Id(verb), verb.Wants<string>("TECHNICIAN", "An operator's name."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).AssignRepairAsync(
            new AssignRepairRequest { RequestId = call.RequestId(), RepairId = call.Get(id), Technician = call.Get(technician) }, cancellationToken: call.Cancellation)));
    }

    private static Verb OrderPart(Verb verb)
    {
        var (id, part) = (Id(verb), verb.Wants<string>("PART", "A part's word: sensor, power-supply, device."));
        var expected = verb.Needs<string>("--expected", "The day, YYYY-MM-DD.");
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).OrderPartAsync(
            new OrderPartRequest { RequestId = call.RequestId(), RepairId = call.Get(id), Part = call.Get(part), Expected = call.Need(expected) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Complete(Verb verb)
    {
        var (id, done) = (Id(verb), verb.NeedsWord("--done", "What was done, the most of it.", Words.WorkDone));
        var (serial, part) = (verb.Takes<string>("--new-serial", "The new device's serial, when it was exchanged."), verb.Takes<string>("--part", "The part that was taken from the shelf."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).CompleteRepairAsync(
            new CompleteRepairRequest
            {
                RequestId = call.RequestId(),
                RepairId = call.Get(id),
                Done = call.Get<WorkDone>(done, Words.WorkDone),
                NewSerial = call.Get(serial) ?? "",
                PartUsed = call.Get(part) ?? "",
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb Suggest(Verb verb)
    {
        var region = verb.Wants<string>("REGION", "PP or PP.KK; '' for the country.");
        var technicians = verb.Takes<string[]>("--technician", "Who can be sent, once for each: NAME@PP.KK.DD or NAME@PP.KK.DD=HOURS. Default: one of eight hours.");
        var (days, most) = (verb.Takes<int>("--days", "Days to look ahead. Default: 30."), verb.Takes<int>("--most", "Steps to show. Default: 100."));
        return verb.Does(async call =>
        {
            var plan = await new Client(call.Server()).SuggestAsync(
                new SuggestRequest { RegionCode = call.Get(region), HorizonDays = call.Get(days), MostSteps = call.Get(most), Technicians = { (call.Get(technicians) ?? []).Select(Technician) } },
                cancellationToken: call.Cancellation);
            call.Terminal.Show(plan.Steps, call.Json);
        });
    }

    private static Verb ListParts(Verb verb)
    {
        var region = verb.Wants<string>("REGION", "PP or PP.KK; '' for the country.");
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListPartsAsync(new ListPartsRequest { RegionCode = call.Get(region), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Parts, page.NextPageToken)));
    }

    private static Verb SetParts(Verb verb)
    {
        var (office, part, count) = (verb.Wants<string>("OFFICE", "PP.KK"), verb.Wants<string>("PART", "A part's word: sensor, power-supply, device."), verb.Wants<int>("COUNT", "0 to 10,000."));
        var kind = verb.NeedsWord("--kind", "What it is a part of.", Words.DeviceKind);
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).SetPartsAsync(
            new SetPartsRequest
            {
                RequestId = call.RequestId(),
                Parts = new Parts { OfficeCode = call.Get(office), Kind = call.Get<DeviceKind>(kind, Words.DeviceKind), Part = call.Get(part), Count = call.Get(count) },
            },
            cancellationToken: call.Cancellation)));
    }

    /// <summary>A step that needs nothing but the repair's id.</summary>
    private static Verb Step<T>(Verb verb, Func<Client, string, string, CancellationToken, AsyncUnaryCall<T>> step) where T : IMessage
    {
        var id = Id(verb);
        return verb.Does(call => call.ShowAsync(step(new Client(call.Server()), call.Get(id), call.RequestId(), call.Cancellation)));
    }

    private static Verb Because<T>(Verb verb, Func<Client, string, string, string, CancellationToken, AsyncUnaryCall<T>> step) where T : IMessage
    {
        var (id, reason) = (Id(verb), verb.Needs<string>("--reason", "Why; 1 to 500 characters."));
        return verb.Does(call => call.ShowAsync(step(new Client(call.Server()), call.Get(id), call.Need(reason), call.RequestId(), call.Cancellation)));
    }

    private static Technician Technician(string text)
    {
        var (at, equals) = (text.LastIndexOf('@'), text.LastIndexOf('='));
        var hours = 0.0;
        return at > 0 && (equals < at || double.TryParse(text.AsSpan(equals + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out hours))
            ? new Technician { Name = text[..at], RegionCode = equals > at ? text[(at + 1)..equals] : text[(at + 1)..], Hours = hours }
            : throw new UsageException($"--technician wants NAME@PLACE or NAME@PLACE=HOURS, as technician-1@53.71.04=6.5; it is '{text}'.");
    }

    private static Argument<string> Id(Verb verb) => verb.Wants<string>("REPAIR", "Its id, as `repair list` tells.");
}
