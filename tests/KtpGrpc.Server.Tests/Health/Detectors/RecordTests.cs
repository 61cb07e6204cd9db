using KtpGrpc.Server.Health.Detectors;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class RecordTests
{
    [Fact]
    public void OnlyModel_OfItsKind_IsAsGoodAsItsKind()
    {
        var model = new FailureRecord(new FailureRecord(null));
        model.Take(7, 1234);

        Assert.Equal(1, model.Ratio, 9);
    }

    [Fact]
    public void Model_WithoutAFailureInItsKind_IsAsGoodAsItsKind() => Assert.Equal(1, new FailureRecord(new FailureRecord(null)).Ratio);

    [Fact]
    public void Model_ThatFailsFarMoreOften_SaysSo()
    {
        var kind = new FailureRecord(null);
        var (good, bad) = (new FailureRecord(kind), new FailureRecord(kind));
        good.Take(100, 1_000_000);
        bad.Take(100, 10_000);

        Assert.InRange(bad.Ratio, 40, 51);
        Assert.InRange(good.Ratio, 0.4, 0.6);
    }

    [Fact]
    public void Model_ThatNeverFails_IsStillHeard()
    {
        var kind = new FailureRecord(null);
        var (good, bad) = (new FailureRecord(kind), new FailureRecord(kind));
        good.Take(0, 1_000_000);
        bad.Take(100, 10_000);

        Assert.Equal(0.2, good.Ratio);
    }

    [Fact]
    public void Codes_ThatEndInFailures_AreLearned()
    {
        var record = new CodeRecord(TimeSpan.FromHours(48));
        var codes = CodeRecord.Together(["b", "a", "b"]);
        for (var i = 0; i < 98; i++)
        {
            record.Learn(codes, failed: i % 10 != 0);
        }

        Assert.Equal("a+b", codes);
        Assert.InRange(record.Share(codes), 0.85, 0.92);
        Assert.Equal(0.2, record.Share("a"), 9);
        Assert.Equal("Of 98 times that a and b stood there, 88 ended in a failure within 48 hours.", record.Tell(codes));
    }

    [Fact]
    public void Codes_WithoutEnd_AreBounded()
    {
        var record = new CodeRecord(TimeSpan.FromHours(48));
        for (var i = 0; i < 10_000; i++)
        {
            record.Learn("code" + i, failed: true);
        }

        Assert.InRange(record.Share("code1"), 0.4, 1);
        Assert.Equal(0.2, record.Share("code9999"), 9);
    }

    [Fact]
    public void CodeRecord_WrittenAndReadAgain_SaysTheSame()
    {
        var (record, again) = (new CodeRecord(TimeSpan.FromHours(48)), new CodeRecord(TimeSpan.FromHours(48)));
        record.Learn("a", failed: true);
        using var memory = new MemoryStream();
        using var to = new BinaryWriter(memory);
        record.Write(to);
        memory.Position = 0;
        using var from = new BinaryReader(memory);
        again.Read(from);

        Assert.Equal(record.Share("a"), again.Share("a"));
    }
}
