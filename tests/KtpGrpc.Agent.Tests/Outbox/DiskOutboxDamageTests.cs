using System.Text;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Outbox;

public sealed class DiskOutboxDamageTests : IDisposable
{
    private const string LastText = "the last record, forty-four bytes of payload";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tail_CutAtEveryByteOfTheLastRecord_LosesOnlyThatRecord()
    {
        WriteThreeAndDie(out var start, out var end);

        for (var length = start; length < end; length++)
        {
            var image = Image(length);
            using (var file = File.OpenWrite(DiskImage.NewestSegment(image)))
            {
                file.SetLength(length);
            }

            AssertFirstTwoAndANewOne(image, damaged: length == start ? 0 : 1);
        }
    }

    [Fact]
    public void Byte_ChangedAnywhereInTheLastRecord_LosesOnlyThatRecord()
    {
        WriteThreeAndDie(out var start, out var end);

        for (var at = start; at < end; at++)
        {
            var image = Image(at);
            Flip(DiskImage.NewestSegment(image), at);

            AssertFirstTwoAndANewOne(image, damaged: 1);
        }
    }

    [Fact]
    public void Byte_ChangedAnywhereInAMiddleRecord_LosesOnlyThatRecord()
    {
        using (var outbox = DiskOutbox.Open(_folder["outbox"], new OutboxOptions()))
        {
            Append(outbox, "first");
            Append(outbox, "second");
            Append(outbox, "third");
        }

        var first = RecordFrame.HeaderBytes + "first".Length;
        for (var at = first; at < first + RecordFrame.HeaderBytes + "second".Length; at++)
        {
            var image = Image(at);
            Flip(DiskImage.NewestSegment(image), at);

            using var outbox = DiskOutbox.Open(image, new OutboxOptions());

            Assert.Equal(["first", "third"], Texts(outbox));
            Assert.Equal(1, outbox.Counts.DamagedStretches);
        }
    }

    [Fact]
    public void Tail_OfZerosAfterAPowerCut_IsSteppedOver()
    {
        WriteThreeAndDie(out _, out var end);
        var image = Image(0);
        using (var file = File.OpenWrite(DiskImage.NewestSegment(image)))
        {
            file.SetLength(end + 5000);
        }

        using var outbox = DiskOutbox.Open(image, new OutboxOptions());
        Append(outbox, "new");

        Assert.Equal(["first", "second", LastText, "new"], Texts(outbox));
    }

    [Fact]
    public void Payload_ThatHoldsAWholeRecord_IsNotTakenForOne()
    {
        var inner = new byte[RecordFrame.HeaderBytes + 3];
        RecordFrame.Write(inner, position: 2, "fake"u8[..3]);
        using var outbox = DiskOutbox.Open(_folder["outbox"], new OutboxOptions());
        outbox.Append(inner);
        Append(outbox, "second");

        using var again = DiskOutbox.Open(Image(0), new OutboxOptions());

        Assert.Equal(inner, again.Read(1, 10)[0].Payload);
        Assert.Equal("second", Encoding.UTF8.GetString(again.Read(2, 10)[0].Payload));
    }

    [Fact]
    public void Mark_WithItsLastWritingTorn_FallsBackToTheOneBeforeAndResends()
    {
        using (var outbox = DiskOutbox.Open(_folder["outbox"], new OutboxOptions()))
        {
            Append(outbox, "first");
            Append(outbox, "second");
            outbox.Acknowledge(1);
            outbox.Acknowledge(2);
            DiskImage.Copy(_folder["outbox"], _folder["image"]);
        }

        var image = _folder["image"];
        var later = OutboxMark.Read(File.ReadAllBytes(Path.Combine(image, "mark")))!.Acknowledged == 2 ? 0 : 4096;
        Flip(Path.Combine(image, "mark"), later + 30);

        using var again = DiskOutbox.Open(image, new OutboxOptions());

        Assert.Equal(1, again.Acknowledged);
        Assert.Equal(["second"], Texts(again));
    }

    [Fact]
    public void Mark_LostAltogether_ResendsEverythingUnderANewId()
    {
        Guid id;
        using (var outbox = DiskOutbox.Open(_folder["outbox"], new OutboxOptions()))
        {
            id = outbox.Id;
            Append(outbox, "first");
            outbox.Acknowledge(1);
        }

        File.Delete(_folder["outbox/mark"]);

        using var again = DiskOutbox.Open(_folder["outbox"], new OutboxOptions());

        Assert.NotEqual(id, again.Id);
        Assert.Equal(["first"], Texts(again));
        Assert.True(Append(again, "next") > 1);
    }

    private void WriteThreeAndDie(out int start, out int end)
    {
        using var outbox = DiskOutbox.Open(_folder["live"], new OutboxOptions());
        Append(outbox, "first");
        Append(outbox, "second");
        start = (2 * RecordFrame.HeaderBytes) + "firstsecond".Length;
        Append(outbox, LastText);
        end = start + RecordFrame.HeaderBytes + LastText.Length;
        DiskImage.Copy(_folder["live"], _folder["outbox"]);
    }

    private static void AssertFirstTwoAndANewOne(string image, int damaged)
    {
        using (var outbox = DiskOutbox.Open(image, new OutboxOptions()))
        {
            Assert.Equal(["first", "second"], Texts(outbox));
            Assert.Equal(damaged, outbox.Counts.DamagedStretches);
            Assert.True(Append(outbox, "new") > 3, "The lost record's position was given again.");
        }

        using var again = DiskOutbox.Open(image, new OutboxOptions());
        Assert.Equal(["first", "second", "new"], Texts(again));
    }

    private string Image(int number)
    {
        var image = _folder[$"image-{number}"];
        DiskImage.Copy(_folder["outbox"], image);
        return image;
    }

    private static void Flip(string path, int at)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0x10));
    }

    private static long Append(DiskOutbox outbox, string text) =>
        Assert.IsType<AppendOutcome.Appended>(outbox.Append(Encoding.UTF8.GetBytes(text))).Position;

    private static IEnumerable<string> Texts(DiskOutbox outbox) =>
        outbox.Read(1, 100).Select(record => Encoding.UTF8.GetString(record.Payload));
}
