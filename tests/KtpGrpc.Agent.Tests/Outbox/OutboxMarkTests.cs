using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Outbox;

public sealed class OutboxMarkTests
{
    private static readonly OutboxMark _mark = OutboxMark.New() with { Next = 50, Acknowledged = 20 };

    [Fact]
    public void Life_AfterACleanEnd_GoesOnAtTheNextPosition() =>
        Assert.Equal(_mark with { Clean = false }, _mark.BeginLife(lastFound: 49, damaged: false, leap: 0));

    [Theory]
    [InlineData(false, false, 10, 50)]
    [InlineData(true, true, 10, 50)]
    [InlineData(false, false, 99, 100)]
    public void Life_AfterACrashOrWithDamage_LeavesOutAStretch(bool clean, bool damaged, long lastFound, long known) =>
        Assert.Equal(known + OutboxMark.SkippedAfterCrash, (_mark with { Clean = clean }).BeginLife(lastFound, damaged, leap: 0).Next);

    [Fact]
    public void Mark_WrittenAndReadBack_IsTheSame()
    {
        var bytes = new byte[OutboxMark.Bytes];
        var mark = new OutboxMark(1, Guid.NewGuid(), 2, 3, Clean: true, 4, 5);

        mark.Write(bytes);

        Assert.Equal(mark, OutboxMark.Read(bytes));
    }

    [Fact]
    public void Mark_WithAnyByteChanged_IsNotRead()
    {
        var bytes = new byte[OutboxMark.Bytes];
        _mark.Write(bytes);

        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            Assert.Null(OutboxMark.Read(bytes));
            bytes[at] ^= 1;
        }
    }
}
