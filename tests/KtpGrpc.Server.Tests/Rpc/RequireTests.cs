using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class RequireTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \t")]
    [InlineData("a\0b")]
    [InlineData("abcdef")]
    public void Text_ThatDoesNotHold_IsRefusedWithoutBeingShown(string text)
    {
        var refused = Assert.Throws<RpcException>(() => Require.Text(text, "reason", 5));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("reason", refused.Status.Detail);
        Assert.DoesNotContain("abcdef", refused.Status.Detail);
    }

    [Theory]
    [InlineData(long.MinValue, 0)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(253402300800, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    public void Moment_ThatIsNone_IsRefused(long seconds, int nanos) => Assert.Equal(
        StatusCode.InvalidArgument, Assert.Throws<RpcException>(() => Require.Moment(new Timestamp { Seconds = seconds, Nanos = nanos }, "until")).StatusCode);

    [Theory]
    [InlineData("53.71.04-1", "53.71.04-1")]
    [InlineData("5371045708900001", "…")]
    [InlineData("station 5371045708900001", "…")]
    [InlineData("53.71.04 57.08.90 0001", "…")]
    public void Shown_OfWhatMayBeANik_HidesIt(string text, string shown) => Assert.Equal(shown, Require.Shown(text));

    [Theory]
    [InlineData("NIK 5371045708900001 is wrong", "NIK … is wrong")]
    [InlineData("NIK 5371.0457.0890.0001", "NIK …")]
    [InlineData("Packet 01a200e9-5d74-75ed-b087-d42c757e1c42 was moved aside", "Packet 01a200e9-5d74-75ed-b087-d42c757e1c42 was moved aside")]
    public void Told_OfASentence_HidesWhatMayBeANikAndNothingElse(string text, string told) => Assert.Equal(told, Require.Told(text, 100));

    [Fact]
    public void Shown_OfALongText_IsCut() => Assert.Equal(new string('x', 40) + "…", Require.Shown(new string('x', 41)));
}
