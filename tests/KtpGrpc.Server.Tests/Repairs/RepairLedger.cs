using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Repairs;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Repair = KtpGrpc.Server.Repairs.Repair;

namespace KtpGrpc.Server.Tests.Repairs;

internal enum RepairStepKind
{
    Open,
    Assign,
    OrderPart,
    ReceivePart,
    Depart,
    Arrive,
    Complete,
    Exchange,
    Escalate,
    Cancel,
    Prove,
    Disprove,
    Wait,
    ClockBack,
    Timer,

    /// <summary>What usually comes next.</summary>
    Next,
}

/// <summary>Something that happens to one of some repairs or devices.</summary>
internal sealed record RepairStep(RepairStepKind Kind, int Number);

/// <summary>Two stations with two devices each, on the real rules and SQL in memory.</summary>
internal sealed class RepairLedger : IDisposable
{
    private static readonly StationId[] _stations = [StationId.Trusted("53.71.01-1"), StationId.Trusted("53.71.02-1")];
    private static readonly string[] _serials = ["IR-1", "IR-2"];
    private static readonly Caller _admin = new(CallerKind.Operator, "admin", Role.Admin, RegionCode.Country);

    private readonly FactCatalog _catalog = new([new(StationStore.AddTo), new(HealthStore.AddTo), new(ProbationStore.AddTo), new(RepairStore.AddTo), new(PartStore.AddTo)]);
    private readonly SqliteDatabase _database = new(":memory:", TimeProvider.System);
    private readonly JournalWriter _journal;
    private readonly WorkOrders _orders;
    private DateTimeOffset _now = new(2016, 8, 1, 2, 0, 0, TimeSpan.Zero);
    private Dictionary<string, Repair> _known = [];

    public RepairLedger()
    {
        _journal = new JournalWriter(_catalog, new JournalSignals());
        var memory = new HealthMemory(_database, new Baselines(), new DomainClock(TimeProvider.System), NullLogger<HealthMemory>.Instance);
        _orders = new WorkOrders(_database, _journal, new Probations(_journal, memory));
        Migrator.MigrateAsync(_database, CancellationToken.None).GetAwaiter().GetResult();
    }

    public void Begin() => Run(async tx =>
    {
        await _journal.AcceptAsync(tx, _now, "server", new RegionsPut("", [new RegionsPut.Entry("53.71", "Kota Kupang")]));
        foreach (var station in _stations)
        {
            await _journal.AcceptAsync(tx, _now, "server", new StationJoined(station.Value, station.Region.Value, "Desk", [1], _now));
            await _journal.AcceptAsync(tx, _now, "server", new DevicesRegistered(
                station.Value, station.Region.Value, [.. _serials.Select(serial => new DevicesRegistered.Entry(DeviceKind.Iris, serial, "IR-A"))], []));
        }

        return true;
    });

    /// <summary>What was done; null where the rules refused it, or it changed nothing.</summary>
    public RepairStepKind? Do(RepairStep step)
    {
        step = step.Kind == RepairStepKind.Next ? step with { Kind = NextOf(step) } : step;
        var before = Count("journal");
        try
        {
            if (step.Kind == RepairStepKind.Timer)
            {
                _orders.EscalateAsync(_now, CancellationToken.None).GetAwaiter().GetResult();
            }
            else
            {
                Run(tx => DoAsync(tx, step));
            }
        }
        catch (RpcException)
        {
            return null;
        }

        return step.Kind is RepairStepKind.Wait or RepairStepKind.ClockBack || Count("journal") > before ? step.Kind : null;
    }

    /// <summary>What holds after every step.</summary>
    public void Check()
    {
        var now = Read(tx => RepairStore.ListAsync(tx, RegionCode.Country, openOnly: false, "", 1000)).ToDictionary(repair => repair.Id);
        Assert.All(now.Values.Where(repair => repair.IsOpen).GroupBy(repair => (repair.Station, repair.Device)), open => Assert.Single(open));
        foreach (var (id, before) in _known)
        {
            var after = now[id];
            Assert.True(after.ChangedAt >= before.ChangedAt && after.OpenedAt == before.OpenedAt);
            Assert.All(Moments(before).Zip(Moments(after)), pair => Assert.True(pair.First is null || pair.Second >= pair.First));
            Assert.True(before.IsOpen || after == before, $"{before.State} became {after.State}.");
        }

        Assert.All(now.Values, repair =>
        {
            Assert.Equal(repair.State is RepairState.Verified or RepairState.Cancelled, !repair.IsOpen);
            Assert.True(Moments(repair).All(moment => moment is null || (moment >= repair.OpenedAt && moment <= repair.ChangedAt)));
            Assert.True(repair.State is not (RepairState.Assigned or RepairState.OnTheWay or RepairState.AtWork) || repair.Technician.Length > 0 || repair.State == RepairState.AtWork);
        });
        _known = now;
    }

    /// <summary>The tables are what the journal says.</summary>
    public void CheckFold()
    {
        using var folded = new RepairLedger();
        var facts = Read(tx => tx.ListAsync("SELECT kind, payload, at FROM journal ORDER BY id", row => (Kind: row.GetString(0), Payload: row.GetString(1), At: row.GetMoment(2))));
        folded.Run(async tx =>
        {
            foreach (var (kind, payload, at) in facts)
            {
                await _catalog.Of(kind).ApplyAsync(tx, at, _catalog.Of(kind).Read(payload));
            }

            return true;
        });
        foreach (var table in _catalog.Tables)
        {
            Assert.Equal(Rows(table), folded.Rows(table));
        }
    }

    public void Dispose() => _database.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async ValueTask<bool> DoAsync(Tx tx, RepairStep step)
    {
        var station = _stations[step.Number % 2];
        switch (step.Kind)
        {
            case RepairStepKind.Wait:
                _now += TimeSpan.FromHours(12 * step.Number * step.Number);
                return true;
            case RepairStepKind.ClockBack:
                _now -= TimeSpan.FromSeconds(step.Number);
                return true;
            case RepairStepKind.Open:
                await _orders.OpenAsync(tx, _now, _admin, station, new DeviceKey(DeviceKind.Iris, _serials[step.Number / 2 % 2]), "", "x");
                return true;
        }

        if (await ChosenAsync(tx, step) is not { } repair)
        {
            return false;
        }

        if (step.Kind is RepairStepKind.Prove or RepairStepKind.Disprove)
        {
            IFact news = step.Kind == RepairStepKind.Prove
                ? new DeviceProved(station.Value, station.Region.Value, DeviceKind.Iris, repair.ProvingSerial, repair.Id, 10)
                : new DeviceDisproved(station.Value, station.Region.Value, DeviceKind.Iris, repair.ProvingSerial, repair.Id, "burnt");
            await _orders.ToFollower().HandleAsync(tx, new SealedFact(0, _now, "server", station.Region.Value, news.Subject, "", "", []), news);
            return true;
        }

        await _orders.StepAsync(tx, _now, _admin, repair, CommandOf(step));
        return true;
    }

    /// <summary>An open one, mostly.</summary>
    private static async ValueTask<Repair?> ChosenAsync(Tx tx, RepairStep step)
    {
        var repairs = await RepairStore.ListAsync(tx, RegionCode.Country, openOnly: step.Number > 1, "", 1000);
        return repairs.Count == 0 ? null : repairs[step.Number % repairs.Count];
    }

    private RepairStepKind NextOf(RepairStep step) => Read(tx => ChosenAsync(tx, step))?.State switch
    {
        RepairState.Open or RepairState.Escalated => RepairStepKind.Assign,
        RepairState.WaitingForPart => RepairStepKind.ReceivePart,
        RepairState.Assigned => RepairStepKind.Depart,
        RepairState.OnTheWay => RepairStepKind.Arrive,
        RepairState.AtWork => step.Number % 3 == 0 ? RepairStepKind.Exchange : RepairStepKind.Complete,
        RepairState.Verifying => step.Number % 2 == 0 ? RepairStepKind.Prove : RepairStepKind.Disprove,
        _ => RepairStepKind.Open,
    };

    private RepairCommand CommandOf(RepairStep step) => step.Kind switch
    {
        RepairStepKind.Assign => new RepairCommand.Assign("technician-1"),
        RepairStepKind.OrderPart => new RepairCommand.OrderPart("sensor", DateOnly.FromDateTime(_now.UtcDateTime)),
        RepairStepKind.ReceivePart => new RepairCommand.ReceivePart(),
        RepairStepKind.Depart => new RepairCommand.Depart(),
        RepairStepKind.Arrive => new RepairCommand.Arrive(),
        RepairStepKind.Complete => new RepairCommand.Complete(WorkDone.Cleaned, "", ""),
        RepairStepKind.Exchange => new RepairCommand.Complete(WorkDone.DeviceExchanged, _serials[step.Number % 2], ""),
        RepairStepKind.Escalate => new RepairCommand.Escalate("Too hard"),
        _ => new RepairCommand.Cancel("Wrong"),
    };

    private static DateTimeOffset?[] Moments(Repair repair) =>
        [repair.AssignedAt, repair.PartOrderedAt, repair.DepartedAt, repair.ArrivedAt, repair.CompletedAt, repair.EscalatedAt, repair.ClosedAt];

    private long Count(string table) => Read(tx => tx.NumberAsync($"SELECT COUNT(*) FROM {table}"));

    private List<string> Rows(string table) => Read(tx => tx.ListAsync(
        $"SELECT * FROM {table}", row => string.Join('|', Enumerable.Range(0, row.FieldCount).Select(column => row.GetValue(column) is byte[] bytes ? Convert.ToHexString(bytes) : $"{row.GetValue(column)}"))))
        .Order(StringComparer.Ordinal).ToList();

    private T Read<T>(Func<Tx, ValueTask<T>> work) => _database.ReadAsync(work, CancellationToken.None).GetAwaiter().GetResult();

    private bool Run(Func<Tx, ValueTask<bool>> work) => _database.WriteAsync(work, CancellationToken.None).GetAwaiter().GetResult();
}
