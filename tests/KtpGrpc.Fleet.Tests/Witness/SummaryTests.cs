using Ktp.Cards.V1;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Witness;

namespace KtpGrpc.Fleet.Tests.Witness;

public sealed class SummaryTests
{
    private static readonly Summary _good = new(
        "kupang-2017", 3, 6, 6,
        new PacketSummary(250, 250, 0, 4),
        new CardSummary(7000, 5500, 180, 12, 160, 0, 0, 5700, true),
        [new DeviceSummary("53.71.03-1", "station", "fire", null, new DateTime(2016, 1, 9, 3, 0, 0, DateTimeKind.Utc), null, new DateTime(2016, 1, 11, 2, 30, 0, DateTimeKind.Utc))],
        new RegionSummary("53.71", new DateTime(2017, 1, 5, 2, 0, 0, DateTimeKind.Utc), null),
        new IncidentSummary(12, 0),
        new JournalSummary(31_000, true));

    [Fact]
    public void Json_OfASummary_IsOneLineInTheAgreedForm() => Assert.Equal(
        """
        {"scenario":"kupang-2017","seed":3,"stations":6,"joined":6,"packets":{"sealed":250,"received":250,"lost":0,"duplicatesRefused":4},"cards":{"enqueued":7000,"printed":5500,"spoiled":180,"custody":12,"destroyed":160,"unknown":0,"printedTwice":0,"blanksReceived":5700,"blanksBalanced":true},"devices":[{"station":"53.71.03-1","device":"station","cause":"fire","wearFrom":null,"diedAt":"2016-01-09T03:00:00Z","failingAt":null,"failedAt":"2016-01-11T02:30:00Z"}],"region":{"code":"53.71","oneKitLeftAt":"2017-01-05T02:00:00Z","noKitLeftAt":null},"incidents":{"opened":12,"falseOnes":0},"journal":{"entries":31000,"verified":true}}
        """, _good.ToJson());

    [Fact]
    public void Promises_WhenAllIsWell_AreKept() => Assert.Empty(_good.BrokenPromises());

    [Fact]
    public void Promises_ThatWereBroken_AreToldOneByOne()
    {
        var bad = _good with
        {
            Packets = _good.Packets with { Received = 249, Lost = 1 },
            Cards = _good.Cards with { PrintedTwice = 2, BlanksBalanced = false },
            Journal = _good.Journal with { Verified = false },
        };

        Assert.Equal(5, bad.BrokenPromises().Count());
    }

    [Fact]
    public void Books_ThatAgreeWithHandOverAndPrinters_Balance()
    {
        var tally = Tally(good: 90, spoiled: 4);

        Assert.True(Witnesses.IsBalanced(Books(), tally, 100, (2, 1)));
        Assert.False(Witnesses.IsBalanced(Books(), tally, 101, (2, 1)));
        Assert.False(Witnesses.IsBalanced(Unbalanced(), tally, 100, (2, 1)));
        Assert.False(Witnesses.IsBalanced(Books(), Tally(good: 89, spoiled: 4), 100, (2, 1)));
        Assert.False(Witnesses.IsBalanced(Books(), Tally(good: 91, spoiled: 4), 100, (2, 1)));
        Assert.False(Witnesses.IsBalanced(Books(), Tally(good: 90, spoiled: 3), 100, (2, 1)));
        Assert.False(Witnesses.IsBalanced(Books(), tally, 100, (3, 1)));
        Assert.False(Witnesses.IsBalanced(Books(), tally, 100, (2, 0)));
    }

    private static Balance Unbalanced()
    {
        var books = Books();
        books.Vault++;
        return books;
    }

    private static Balance Books() => new() { Received = 100, Vault = 1, Hopper = 5, Consuming = 0, Issued = 90, Spoiled = 1, Custody = 1, Listed = 1, Destroyed = 1 };

    private static PrintTally Tally(int good, int spoiled)
    {
        var tally = new PrintTally();
        for (var card = 0; card < good; card++)
        {
            tally.CameOutGood($"{card}");
        }

        for (var card = 0; card < spoiled; card++)
        {
            tally.CameOutSpoiled();
        }

        return tally;
    }
}
