using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Enrolment;
using KtpGrpc.Server.Stations;
using Xunit;

namespace KtpGrpc.Server.Tests.Enrolment;

public sealed class RuleTests
{
    private static readonly EnrolmentOptions _limits = new();
    private static readonly DateTimeOffset _now = new(2017, 3, 30, 10, 0, 0, TimeSpan.Zero);
    private static readonly ProtectedCitizen _citizen = new([1], [2]);

    [Fact]
    public void Chunks_OfAnyOrder_AreTakenOnlyWhereTheLastOneEndedAndWithinThePacket() => Prop.ForAll(
        Gen.Choose(1, 1000).Two().ToArbitrary(),
        Gen.Choose(-5, 1100).Two().ToArbitrary(),
        (packet, chunk) =>
        {
            var (whole, here) = (Math.Max(packet.Item1, packet.Item2), Math.Min(packet.Item1, packet.Item2));
            var (offset, bytes) = (chunk.Item1, Math.Max(chunk.Item2, 0));

            var refusal = Chunk.Refusal(here, whole, offset, bytes);

            var expected = bytes == 0 ? StatusCode.InvalidArgument
                : offset != here || offset + bytes > whole ? StatusCode.OutOfRange
                : StatusCode.OK;
            return (refusal?.StatusCode ?? StatusCode.OK) == expected;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Chunk.MostBytes, false)]
    [InlineData(Chunk.MostBytes + 1, true)]
    public void Chunk_OfMoreThan64KB_IsRefused(int bytes, bool refused) => Assert.Equal(refused, Chunk.Refusal(0, Offering.MostBytes, 0, bytes) is not null);

    [Theory]
    [InlineData(29, 1, false)]
    [InlineData(30, 1, false)]
    [InlineData(31, 1, true)]
    [InlineData(31, 31 * 1024, false)]
    [InlineData(60, 60 * 1024 - 1, true)]
    public void Upload_BelowItsLeastRate_IsTooSlowAfterTheGrace(int seconds, long received, bool tooSlow) =>
        Assert.Equal(tooSlow, UploadWatch.IsTooSlow(received, TimeSpan.FromSeconds(seconds), _limits));

    [Fact]
    public void Offer_OfAnyHistory_IsTakenOnceAndNeverMixed() => Prop.ForAll(
        Gen.Choose(0, 3).ToArbitrary(),
        Gen.Choose(0, 3).ToArbitrary(),
        Gen.Choose(0, 20).ToArbitrary(),
        (knownVariant, wantedVariant, open) =>
        {
            var (known, wanted) = (SealOf(knownVariant), SealOf(wantedVariant));
            var offer = new PacketOffer(known, _citizen, "file", _now.AddDays(-1));
            var isSame = knownVariant == wantedVariant;

            var fresh = Offering.Decide(null, null, open, wanted, _citizen, _now, mostOpen: 10);
            var again = Offering.Decide(null, offer, open, wanted, _citizen, _now, mostOpen: 10);
            var late = Offering.Decide(new Packet(known, _now, []), null, open, wanted, _citizen, _now, mostOpen: 10);

            return (open >= 10 ? fresh is Offering.TooMany : fresh is Offering.New { Offer: var made } && made.File == $"53.71.04/2017-03/{wanted.Id}.cms")
                && (isSame ? again is Offering.Continued { Offer: var continued } && continued == offer with { OfferedAt = _now } : again is Offering.Conflict)
                && (isSame ? late is Offering.Duplicate : late is Offering.Conflict);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Claim_OfTheLatest_WinsOverAllWhoWait()
    {
        var (claims, id) = (new PacketClaims(), PacketId.Trusted("a"));
        var station = StationId.Trusted("53.71.04-1");
        var (firstAsked, secondAsked) = (0, 0);
        var first = await claims.TakeOverAsync(id, station, () => firstAsked++, CancellationToken.None);
        var second = claims.TakeOverAsync(id, station, () => secondAsked++, CancellationToken.None);
        var third = claims.TakeOverAsync(id, station, () => { }, CancellationToken.None);

        Assert.Null(claims.TryClaim(id));
        first.Dispose();

        // Whichever of the two is woken first: the second ends, by refusal or by being asked to, and the third holds.
        if (await Task.WhenAny(second, third) == second && !second.IsFaulted)
        {
            await KtpGrpc.Testing.Eventually.HoldsAsync(() => secondAsked > 0);
            (await second).Dispose();
        }

        using var holder = await third;
        Assert.Equal(3, holder.Ticket);
        Assert.True(firstAsked > 0);
    }

    [Fact]
    public async Task Claim_OfAStranger_WaitsAndEndsNobody()
    {
        var (claims, id) = (new PacketClaims(), PacketId.Trusted("a"));
        var asked = 0;
        var holder = await claims.TakeOverAsync(id, StationId.Trusted("53.71.04-1"), () => asked++, CancellationToken.None);
        var stranger = claims.TakeOverAsync(id, StationId.Trusted("53.71.04-2"), () => { }, CancellationToken.None);

        Assert.Equal((0, false), (asked, stranger.IsCompleted));
        holder.Dispose();
        (await stranger).Dispose();
    }

    [Fact]
    public void Watch_OfACallerWhoLeft_EndsWithoutAReasonOfOurs()
    {
        using var left = new CancellationTokenSource();
        using var watch = new UploadWatch(_limits, TimeProvider.System, left.Token, CancellationToken.None);

        left.Cancel();

        Assert.True(watch.Token.IsCancellationRequested);
        Assert.Null(watch.Why);
    }

    private static PacketSeal SealOf(int variant) => new(
        PacketId.Trusted("0b6e4a49-0d6e-4a6c-9a52-1c8c6cfd9a10"),
        StationId.Trusted(variant == 1 ? "53.71.04-2" : "53.71.04-1"),
        [(byte)(variant == 2 ? 1 : 0)],
        variant == 3 ? 11 : 10,
        _now);
}
