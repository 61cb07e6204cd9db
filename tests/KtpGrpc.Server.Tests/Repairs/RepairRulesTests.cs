using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Repairs;
using KtpGrpc.Server.Stations;
using Xunit;
using Repair = KtpGrpc.Server.Repairs.Repair;

namespace KtpGrpc.Server.Tests.Repairs;

public sealed class RepairRulesTests
{
    private static readonly DateTimeOffset _now = new(2016, 8, 1, 2, 0, 0, TimeSpan.Zero);
    private static readonly StationId _station = StationId.Trusted("53.71.04-1");

    private static readonly Dictionary<string, RepairCommand> _commands = new()
    {
        ["assign"] = new RepairCommand.Assign("technician-1"),
        ["order"] = new RepairCommand.OrderPart("sensor", new DateOnly(2016, 9, 1)),
        ["receive"] = new RepairCommand.ReceivePart(),
        ["depart"] = new RepairCommand.Depart(),
        ["arrive"] = new RepairCommand.Arrive(),
        ["complete"] = new RepairCommand.Complete(WorkDone.Cleaned, "", ""),
        ["escalate"] = new RepairCommand.Escalate("Too hard"),
        ["cancel"] = new RepairCommand.Cancel("Wrong device"),
        ["prove"] = new RepairCommand.Prove("IR-1", 10),
        ["disprove"] = new RepairCommand.Disprove("IR-1", "It shows the code burnt."),
    };

    /// <summary>What a command makes of each state; what is not listed is refused, or no news.</summary>
    private static readonly Dictionary<RepairState, string> _table = new()
    {
        [RepairState.Open] = "assign Assigned, order WaitingForPart, escalate Escalated, cancel Cancelled",
        [RepairState.Assigned] = "assign Assigned, order WaitingForPart, depart OnTheWay, escalate Escalated, cancel Cancelled",
        [RepairState.WaitingForPart] = "assign WaitingForPart, order WaitingForPart, receive Open, escalate Escalated, cancel Cancelled",
        [RepairState.OnTheWay] = "assign Assigned, arrive AtWork, escalate Escalated, cancel Cancelled",
        [RepairState.AtWork] = "order WaitingForPart, complete Verifying, escalate Escalated, cancel Cancelled",
        [RepairState.Verifying] = "cancel Cancelled, prove Verified, disprove Open",
        [RepairState.Verified] = "",
        [RepairState.Escalated] = "assign Assigned, order WaitingForPart, cancel Cancelled",
        [RepairState.Cancelled] = "",
    };

    public static TheoryData<RepairState> States => [.. _table.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public void Command_InEachState_DoesWhatTheTableSays(RepairState from)
    {
        var repair = In(from);

        var became = _commands
            .Select(command => (command.Key, Outcome: RepairRules.Decide(repair, command.Value, _now)))
            .Where(pair => pair.Outcome is RepairOutcome.Accepted)
            .Select(pair => $"{pair.Key} {RepairFold.Apply(repair, ((RepairOutcome.Accepted)pair.Outcome).Fact, _now).State}");

        Assert.Equal(_table[from], string.Join(", ", became));
    }

    [Theory]
    [InlineData(false, false, RepairState.Open)]
    [InlineData(true, false, RepairState.Assigned)]
    [InlineData(false, true, RepairState.Escalated)]
    public void Part_ThatCame_LeavesTheRepairWhereItStood(bool assigned, bool escalated, RepairState expected)
    {
        var repair = In(RepairState.WaitingForPart) with { Technician = assigned ? "technician-1" : "", EscalatedAt = escalated ? _now : null };

        Assert.Equal(expected, RepairFold.Apply(repair, new PartReceived("1", "53.71.04"), _now).State);
    }

    [Theory]
    [InlineData(WorkDone.DeviceExchanged, "", "say the new one's serial")]
    [InlineData(WorkDone.Cleaned, "IR-2", "belongs to an exchanged device alone")]
    public void Work_ThatDoesNotFitItsSerial_IsRefused(WorkDone done, string serial, string words) => Assert.Contains(
        words, Assert.IsType<RepairOutcome.Refused>(RepairRules.Decide(In(RepairState.AtWork), new RepairCommand.Complete(done, serial, ""), _now)).Reason, StringComparison.Ordinal);

    [Fact]
    public void Proof_OfAnotherSerial_IsNoNews() =>
        Assert.IsType<RepairOutcome.Nothing>(RepairRules.Decide(In(RepairState.Verifying), new RepairCommand.Prove("IR-2", 10), _now));

    [Theory]
    [InlineData(13.99, null, null, false)]
    [InlineData(14, null, null, true)]
    [InlineData(14, 0.0, null, false)]
    [InlineData(29.99, 0.0, null, false)]
    [InlineData(30, 0.0, null, true)]
    [InlineData(90, null, 1.0, false)]
    public void Escalation_IsDueOnce(double days, double? assignedAfter, double? escalatedAfter, bool expected)
    {
        var repair = In(assignedAfter is null ? RepairState.Open : RepairState.Assigned) with
        {
            UnassignedSince = assignedAfter is null ? _now : null,
            EscalatedAt = escalatedAfter is { } after ? _now.AddDays(after) : null,
        };

        Assert.Equal(expected, RepairRules.EscalationDue(repair, _now.AddDays(days)) is not null);
    }

    [Theory]
    [InlineData("2016-08-01T02:00:00Z", "2016-08-08T02:00:00Z")]
    [InlineData("2016-08-05T10:00:00Z", "2016-08-12T10:00:00Z")]
    [InlineData("2016-08-06T10:00:00Z", "2016-08-12T10:00:00Z")]
    public void Device_IsUnproved_AfterFiveDaysOnWhichOfficesAreOpen(string completed, string expected)
    {
        var repair = In(RepairState.Verifying) with { CompletedAt = DateTimeOffset.Parse(completed) };
        var due = DateTimeOffset.Parse(expected);

        Assert.Null(RepairRules.UnprovedSince(repair, due.AddMilliseconds(-1)));
        Assert.Equal(due, RepairRules.UnprovedSince(repair, due));
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(30.01, false)]
    public void Repair_SoLongAfterAVerifiedOne_IsARepeatOrNot(double days, bool expected)
    {
        var verified = In(RepairState.Verified) with { ClosedAt = _now };

        var outcome = RepairRules.Open("2", _station, verified.Device, "", "x", "dispatcher-1", null, verified, _now.AddDays(days));

        Assert.Equal(expected, Assert.IsType<RepairOpened>(Assert.IsType<RepairOutcome.Accepted>(outcome).Fact).Repeat);
    }

    [Fact]
    public void Moments_OfAClockThatIsBehind_DoNotGoBack()
    {
        var repair = In(RepairState.Assigned);

        var departed = RepairFold.Apply(repair, new TechnicianDeparted("1", "53.71.04"), _now.AddSeconds(-5));

        Assert.Equal(_now, departed.DepartedAt);
    }

    private static Repair In(RepairState state) => new("1", _station, new DeviceKey(DeviceKind.Iris, "IR-1"), "", "x", "dispatcher-1", Repeat: false, _now)
    {
        State = state,
        ProvingSerial = state == RepairState.Verifying ? "IR-1" : "",
        ClosedAt = state is RepairState.Verified or RepairState.Cancelled ? _now : null,
        EscalatedAt = state == RepairState.Escalated ? _now : null,
    };
}
