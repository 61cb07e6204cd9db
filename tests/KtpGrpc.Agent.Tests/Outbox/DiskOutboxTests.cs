using System.Text;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Outbox;

public sealed class DiskOutboxTests : IDisposable
{
    private static readonly OutboxOptions _small = new() { QuotaBytes = 4096, SegmentBytes = 512 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_FromAPositionWithALimit_GivesTheNextOnes()
    {
        using var outbox = Open();
        for (var number = 1; number <= 300; number++)
        {
            Append(outbox, $"{number}");
        }

        Assert.Equal(["137", "138", "139", "140"], Texts(outbox.Read(from: 137, most: 4)));
        Assert.Equal(["300"], Texts(outbox.Read(from: 300, most: 4)));
        Assert.Empty(outbox.Read(from: 301, most: 4));
    }

    [Fact]
    public void PositionsAndAcknowledgement_AfterAnOrderlyRestart_GoOn()
    {
        Guid id;
        using (var outbox = Open())
        {
            id = outbox.Id;
            Append(outbox, "first");
            Append(outbox, "second");
            Assert.True(outbox.Acknowledge(1));
        }

        using var again = Open();
        Append(again, "third");

        Assert.Equal(id, again.Id);
        Assert.Equal(1, again.Acknowledged);
        Assert.True(again.LastPosition >= 3);
        Assert.Equal(["second", "third"], Texts(again.Read(1, 10)));
    }

    [Fact]
    public void Positions_AfterEverythingWasAcknowledgedAndRemoved_AreNotGivenAgain()
    {
        using (var outbox = Open(_small))
        {
            for (var number = 1; number <= 40; number++)
            {
                Append(outbox, new string('x', 100));
                outbox.Acknowledge(number);
            }
        }

        foreach (var segment in Directory.EnumerateFiles(_folder.Path, "*.seg"))
        {
            File.Delete(segment);
        }

        using var again = Open(_small);

        Assert.True(Append(again, "next") >= 41);
    }

    [Fact]
    public void Acknowledge_InTheMiddleOfASegment_KeepsTheSegmentUntilItsLastRecordIsAcknowledged()
    {
        using var outbox = Open(_small);
        for (var number = 1; number <= 12; number++)
        {
            Append(outbox, new string('x', 100));
        }

        Assert.Equal([1, 5, 9], FirstPositions());
        outbox.Acknowledge(7);
        Assert.Equal([5, 9], FirstPositions());
        outbox.Acknowledge(8);
        Assert.Equal([9], FirstPositions());
    }

    [Fact]
    public void Acknowledge_OfAPositionNeverGiven_IsRefusedAndChangesNothing()
    {
        using var outbox = Open();
        Append(outbox, "printed");

        Assert.False(outbox.Acknowledge(2));

        Assert.Equal(0, outbox.Acknowledged);
        Assert.Single(outbox.Read(1, 10));
    }

    [Fact]
    public void Outbox_RestoredFromAnOlderCopy_DoesNotAgreeToWhatItsOriginalTold()
    {
        Append("before");
        DiskImage.Copy(_folder.Path, _folder["copy"]);
        var told = Append("told");
        using var copy = DiskOutbox.Open(_folder["copy"], new OutboxOptions());
        var other = Append(copy, "another");
        var id = copy.Id;

        Assert.False(copy.Agree(told));
        copy.BeginAnew();

        Assert.NotEqual(id, copy.Id);
        Assert.True(copy.Agree(0));
        Assert.Equal(["before", "another"], Texts(copy.Read(1, 10)));
        Assert.True(copy.Agree(other));
        Assert.Empty(copy.Read(1, 10));
    }

    [Fact]
    public void Drops_ThatWereReported_AreNotReportedAgain()
    {
        using (var outbox = Open())
        {
            outbox.GiveUp(3);
            Assert.Equal(3, outbox.UnreportedDrops);
            outbox.NoteReported(3);
        }

        using var again = Open();

        Assert.Equal(0, again.UnreportedDrops);
    }

    [Fact]
    public void Quota_UsedUp_KeepsWhatIsThereAndAnswersFull()
    {
        using var outbox = Open(_small);
        var kept = 0;
        AppendOutcome outcome;
        while ((outcome = outbox.Append(new byte[100])) is AppendOutcome.Appended)
        {
            kept++;
        }

        Assert.Equal(4096 / 128, kept);
        Assert.Equal(new AppendOutcome.Full(4096, 4096), outcome);
        Assert.Equal(kept, outbox.Read(1, 1000).Count);
        Assert.Equal(new OutboxCounts(4096, 4096, Dropped: 1, DamagedStretches: 0), outbox.Counts);
    }

    [Fact]
    public void Quota_UsedUp_IsFreedByTheirAcknowledgement()
    {
        using var outbox = Open(_small with { SegmentBytes = 4096 });
        while (outbox.Append(new byte[100]) is AppendOutcome.Appended)
        {
        }

        outbox.Acknowledge(outbox.LastPosition);

        Assert.IsType<AppendOutcome.Appended>(outbox.Append(new byte[100]));
    }

    [Fact]
    public void Drops_AfterARestart_AreStillCounted()
    {
        using (var outbox = Open(_small))
        {
            while (outbox.Append(new byte[100]) is AppendOutcome.Appended)
            {
            }
        }

        using var again = Open(_small);

        Assert.Equal(1, again.Counts.Dropped);
    }

    [Fact]
    public void Reservation_ForAPacket_IsMadeWhileThereIsRoom()
    {
        using var outbox = Open(_small);
        Append(outbox, "printed");

        Assert.True(outbox.TryReserve(3000));
        Assert.False(outbox.TryReserve(2000));

        Assert.Equal(["printed"], Texts(outbox.Read(1, 10)));
    }

    [Fact]
    public void Outbox_OpenedTwice_RefusesTheSecond()
    {
        using var outbox = Open();

        Assert.Throws<IOException>(() => Open());
    }

    [Fact]
    public void Record_OverTheLengthOfAMessage_IsAFaultOfTheProgram()
    {
        using var outbox = Open();

        Assert.IsType<AppendOutcome.Appended>(outbox.Append(new byte[64 * 1024]));
        Assert.Throws<ArgumentOutOfRangeException>(() => outbox.Append(new byte[(64 * 1024) + 1]));
        Assert.Single(outbox.Read(1, 10));
    }

    [Fact]
    public void Checksum_OfTheStandardDigits_IsThatOfTheStandard() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    private DiskOutbox Open(OutboxOptions? options = null) => DiskOutbox.Open(_folder.Path, options ?? new OutboxOptions());

    private long Append(string text)
    {
        using var outbox = Open();
        return Append(outbox, text);
    }

    private IEnumerable<long> FirstPositions() => Directory.EnumerateFiles(_folder.Path, "*.seg")
        .Select(path => long.Parse(Path.GetFileNameWithoutExtension(path))).Order();

    private static long Append(DiskOutbox outbox, string text) =>
        Assert.IsType<AppendOutcome.Appended>(outbox.Append(Encoding.UTF8.GetBytes(text))).Position;

    private static IEnumerable<string> Texts(IEnumerable<OutboxRecord> records) =>
        records.Select(record => Encoding.UTF8.GetString(record.Payload));
}
