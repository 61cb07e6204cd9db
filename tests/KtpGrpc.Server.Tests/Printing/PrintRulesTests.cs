using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class PrintRulesTests
{
    private static readonly DateTimeOffset _now = PrintShop.Opening;

    /// <summary>Mostly what leads on, so that histories reach their ends; the rest is what must not matter.</summary>
    private static readonly Gen<PrintStep> _steps =
        from kind in Gen.Frequency<PrintStepKind>(
            (30, Gen.Constant(PrintStepKind.Lease)), (30, Gen.Constant(PrintStepKind.Start)), (30, Gen.Constant(PrintStepKind.Report)),
            (10, Gen.Elements(PrintStepKind.Resolve, PrintStepKind.Verify, PrintStepKind.HandOver)), (10, Gen.Elements(Enum.GetValues<PrintStepKind>())))
        from job in Gen.Choose(0, 2)
        from station in Gen.Choose(0, 1)
        from stale in Gen.Frequency<int>((8, Gen.Constant(0)), (2, Gen.Choose(-1, 2)))
        from printer in Gen.Frequency<int>((8, Gen.Elements(0, 2)), (1, Gen.Choose(0, 3)))
        from outcome in Gen.Elements(Enum.GetValues<ReportedOutcome>())
        from minutes in Gen.Elements(1, 9, 10, 29, 31, 2000)
        from finding in Gen.Elements(Enum.GetValues<Finding>())
        from person in Gen.Choose(0, 1)
        select new PrintStep(kind, job, station, stale, printer, outcome, minutes, finding, person);

    [Fact]
    public void Histories_OfAnyOrder_KeepTheInvariants()
    {
        var (starts, reached) = (0, new HashSet<JobState>());

        Property.Holds(_steps.ListOf(200), history =>
        {
            var world = new PrintWorld(jobs: 3, blanks: 12);
            history.ToList().ForEach(world.Do);
            starts += world.Starts;
            reached.UnionWith(world.Reached);
        }, runs: 500);

        Assert.True(starts > 1000, $"The histories started only {starts} attempts: they prove nothing.");
        Assert.Equal(Enum.GetValues<JobState>(), reached.Order());
    }

    [Theory]
    [InlineData(1, 0, 0, nameof(FailureClass.Print), nameof(JobState.Ready), null)]
    [InlineData(2, 0, 0, nameof(FailureClass.Print), nameof(JobState.Ready), 24.0)]
    [InlineData(3, 0, 0, nameof(FailureClass.Print), nameof(JobState.Ready), 24.0)]
    [InlineData(4, 0, 0, nameof(FailureClass.Print), nameof(JobState.Quarantined), null)]
    [InlineData(0, 1, 0, nameof(FailureClass.Encode), nameof(JobState.Ready), null)]
    [InlineData(0, 2, 0, nameof(FailureClass.Encode), nameof(JobState.Quarantined), null)]
    [InlineData(0, 0, 1, nameof(FailureClass.Feed), nameof(JobState.Ready), 0.5)]
    [InlineData(1, 1, 1, nameof(FailureClass.Feed), nameof(JobState.Ready), 0.5)]
    [InlineData(1, 1, 2, nameof(FailureClass.Feed), nameof(JobState.Quarantined), null)]
    public void Failure_OfAClass_GoesOnAsThePolicySays(int print, int encode, int feed, string last, string state, double? avoidHours)
    {
        var next = FailurePolicy.After(new Failures(print, encode, feed), Enum.Parse<FailureClass>(last));

        Assert.Equal((state, avoidHours), (next.State.ToString(), next.AvoidFor?.TotalHours));
        Assert.Equal(next.State == JobState.Quarantined, next.Reason.Length > 0);
    }

    [Fact]
    public void Start_WithAnEmptyHopper_IsRefused()
    {
        var station = StationId.Trusted("53.71.04-1");
        var job = new Job(JobId.New(_now), CitizenId.New(), 1, "i", RegionCode.Trusted("53.71"), JobPriority.Other, _now) { State = JobState.Ready };
        var leased = job.After(Leasing.Lease(job, station, _now));

        var decision = Starting.Start(leased, null, station, 1, "HDP-1", 7, blank: null, _now);

        Assert.Equal(Rejection.NotNow, Assert.IsType<Decision.Reject>(decision).Why);
    }

    [Theory]
    [InlineData(16, 100, 0, 16)]
    [InlineData(16, 5, 0, 5)]
    [InlineData(16, 5, 5, 0)]
    [InlineData(16, 0, 3, 0)]
    [InlineData(16, 1000, 60, 4)]
    public void Room_ForLeases_IsBoundedByBlanksAndWhatIsHeld(long asked, long blanks, long held, long room) =>
        Assert.Equal(room, Leasing.Room(new LeaseAsk("HDP-1", asked), blanks, held));

    [Fact]
    public void Room_OnAShortRibbon_IsNoMoreThanItIsGoodFor() => Assert.Equal(2, Leasing.Room(new LeaseAsk("HDP-1", 16, RibbonLeft: 3), blanks: 100, held: 1));
}
