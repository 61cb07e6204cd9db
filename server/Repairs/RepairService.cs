using Google.Protobuf;
using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Repairs;

/// <summary>The steps of repairs on the wire.</summary>
internal sealed partial class RepairService(
    Database database, OnceOnly once, JournalWriter journal, WorkOrders orders, Probations probations, OperatorFile operators, RepairFeed feed, DomainClock clock)
    : Ktp.Repairs.V1.RepairService.RepairServiceBase
{
    private const int MostReason = 500;
    private const int MostWord = 64;
    private const int MostParts = 10_000;

    [Right(Role.Dispatcher)]
    public override async Task<OpenRepairResponse> OpenRepair(OpenRepairRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var reason = request.Reason.Length > 0 || request.SubjectCase != OpenRepairRequest.SubjectOneofCase.IncidentId ? Require.Note(request.Reason, "reason", MostReason) : "";
        var now = clock.Now;
        Func<Tx, ValueTask<Repair>> open = request.SubjectCase switch
        {
            OpenRepairRequest.SubjectOneofCase.IncidentId when Require.Text(request.IncidentId, "incident_id", MostWord) is var id =>
                tx => orders.OpenAsync(tx, now, caller, id, reason),
            OpenRepairRequest.SubjectOneofCase.Device when DeviceOf(caller, request.Device) is var (station, device) =>
                tx => orders.OpenAsync(tx, now, caller, station, device, "", reason),
            _ => throw Refuse.Invalid("Neither incident_id nor device says what is to be repaired."),
        };
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx => new OpenRepairResponse { Repair = (await open(tx)).ToWire(now) }, context.CancellationToken);
    }

    [Right(Role.Dispatcher)]
    public override Task<AssignRepairResponse> AssignRepair(AssignRepairRequest request, ServerCallContext context)
    {
        var name = Require.Text(request.Technician, "technician", MostWord);
        return StepAsync(context, request.RequestId, request, request.RepairId, new RepairCommand.Assign(name), repair => new AssignRepairResponse { Repair = repair }, check: repair =>
        {
            if (operators.Find(name) is not { } technician || !technician.Region.Contains(repair.Station.Region) || (technician.Roles & (Role.Operator | Role.Dispatcher | Role.Admin)) == 0)
            {
                throw Refuse.NotFound($"No operator of {repair.Station.Region} with the role of operator or dispatcher has the name '{Require.Shown(name)}'.");
            }
        });
    }

    [Right(Role.Dispatcher)]
    public override Task<OrderPartResponse> OrderPart(OrderPartRequest request, ServerCallContext context)
    {
        var expected = LocalDay.Require(request.Expected, "expected");
        var command = new RepairCommand.OrderPart(Word(request.Part, "part"), expected);
        return StepAsync(context, request.RequestId, request, request.RepairId, command, repair => new OrderPartResponse { Repair = repair }, check: repair =>
        {
            var today = LocalDay.Of(repair.Station.Region, clock.Now);
            if (expected < today || expected > today.AddYears(2))
            {
                throw Refuse.Invalid($"expected must be {today:O} or later, and at most two years ahead; it is {expected:O}.");
            }
        });
    }

    [Right(Role.Dispatcher)]
    public override Task<ReceivePartResponse> ReceivePart(ReceivePartRequest request, ServerCallContext context) =>
        StepAsync(context, request.RequestId, request, request.RepairId, new RepairCommand.ReceivePart(), repair => new ReceivePartResponse { Repair = repair });

    [Right(Role.Operator | Role.Dispatcher)]
    public override Task<DepartRepairResponse> DepartRepair(DepartRepairRequest request, ServerCallContext context) =>
        StepAsync(context, request.RequestId, request, request.RepairId, new RepairCommand.Depart(), repair => new DepartRepairResponse { Repair = repair }, AssignedOrDispatcher(context));

    [Right(Role.Operator | Role.Dispatcher)]
    public override Task<ArriveRepairResponse> ArriveRepair(ArriveRepairRequest request, ServerCallContext context) =>
        StepAsync(context, request.RequestId, request, request.RepairId, new RepairCommand.Arrive(), repair => new ArriveRepairResponse { Repair = repair }, AssignedOrDispatcher(context));

    [Right(Role.Operator | Role.Dispatcher)]
    public override Task<CompleteRepairResponse> CompleteRepair(CompleteRepairRequest request, ServerCallContext context)
    {
        if (request.Done is not (>= WorkDone.Cleaned and <= WorkDone.NothingFound))
        {
            throw Refuse.Invalid("done is missing: cleaned, adjusted, part exchanged, device exchanged or nothing found.");
        }

        var command = new RepairCommand.Complete(
            request.Done, request.NewSerial.Length == 0 ? "" : Plain(request.NewSerial, "new_serial"), request.PartUsed.Length == 0 ? "" : Word(request.PartUsed, "part_used"));
        return StepAsync(context, request.RequestId, request, request.RepairId, command, repair => new CompleteRepairResponse { Repair = repair }, AssignedOrDispatcher(context));
    }

    [Right(Role.Dispatcher)]
    public override Task<EscalateRepairResponse> EscalateRepair(EscalateRepairRequest request, ServerCallContext context) => StepAsync(
        context, request.RequestId, request, request.RepairId, new RepairCommand.Escalate(Require.Note(request.Reason, "reason", MostReason)), repair => new EscalateRepairResponse { Repair = repair });

    [Right(Role.Dispatcher)]
    public override Task<CancelRepairResponse> CancelRepair(CancelRepairRequest request, ServerCallContext context) => StepAsync(
        context, request.RequestId, request, request.RepairId, new RepairCommand.Cancel(Require.Note(request.Reason, "reason", MostReason)), repair => new CancelRepairResponse { Repair = repair });

    [Right(Role.Dispatcher)]
    public override async Task<SetPartsResponse> SetParts(SetPartsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var wanted = request.Parts ?? throw Refuse.Invalid("parts is missing.");
        var office = Require.Office(wanted.OfficeCode);
        caller.RequireRegion(office);
        var parts = new PartCount(office, Kind(wanted.Kind), Word(wanted.Part, "part"), (int)Require.Within(wanted.Count, "count", 0, MostParts));
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            if (await StationStore.RegionNameAsync(tx, office) is null)
            {
                throw Refuse.NotFound($"Region '{office}' is not known.");
            }

            await journal.AcceptAsync(tx, now, caller.Actor, new PartsSet(office.Value, parts.Kind, parts.Part, parts.Count));
            return new SetPartsResponse { Parts = parts.ToWire() };
        }, context.CancellationToken);
    }

    /// <summary>One step of one repair: load, check who and where, decide, accept.</summary>
    private async Task<TResponse> StepAsync<TResponse>(
        ServerCallContext context, string requestId, IMessage request, string repairId, RepairCommand command, Func<Ktp.Repairs.V1.Repair, TResponse> answer, Action<Repair>? check = null)
        where TResponse : IMessage<TResponse>, new()
    {
        var caller = Caller.Of(context);
        var id = Require.Text(repairId, "repair_id", MostWord);
        var now = clock.Now;
        ProbationBegun? begun = null;
        var response = await once.WriteAsync(caller, requestId, request, now, async tx =>
        {
            var repair = await RepairStore.LockAsync(tx, id) ?? throw Unknown(id);
            caller.RequireRegion(repair.Station.Region);
            check?.Invoke(repair);
            (var after, begun) = await orders.StepAsync(tx, now, caller, repair, command);
            return answer(after.ToWire(now));
        }, context.CancellationToken);
        if (begun is not null)
        {
            probations.Begun(begun, now);
        }

        return response;
    }

    private static Action<Repair> AssignedOrDispatcher(ServerCallContext context) => repair =>
    {
        var caller = Caller.Of(context);
        if (repair.Technician != caller.Name && (caller.Roles & (Role.Dispatcher | Role.Admin)) == 0)
        {
            throw Refuse.Denied($"Repair {repair.Id} is not assigned to {caller.Actor}.");
        }
    };

    private static (StationId Station, DeviceKey Device) DeviceOf(Caller caller, StationDevice device)
    {
        var station = StationId.Require(device.StationId);
        caller.RequireRegion(station.Region);
        return device.Kind == DeviceKind.Station
            ? (station, DeviceKey.Of(station))
            : (station, new DeviceKey(Kind(device.Kind), Require.Text(device.Serial, "serial", MostWord)));
    }

    private static DeviceKind Kind(DeviceKind kind) => kind is >= DeviceKind.Fingerprint and <= DeviceKind.Host
        ? kind
        : throw Refuse.Invalid($"{(int)kind} is not the kind of a kit's device.");

    /// <summary>Kept for ever, so it must not hold what may be a NIK; and it is part of a key.</summary>
    private static string Word(string text, string field) => Require.Note(Plain(text, field), field, MostWord);

    /// <summary>Part of a key; a plate's serial may have as many digits as a NIK.</summary>
    private static string Plain(string text, string field) => Require.Text(text, field, MostWord).Any(char.IsControl)
        ? throw Refuse.Invalid($"{field} holds a control character.")
        : text;

    private static RpcException Unknown(string id) => Refuse.NotFound($"Repair '{Require.Shown(id)}' is not known.");
}
