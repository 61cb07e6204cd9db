using Grpc.Core;
using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class PacketFateTests
{
    [Theory]
    [InlineData(StatusCode.InvalidArgument, nameof(PacketFate.Aside), nameof(PacketFate.Aside))]
    [InlineData(StatusCode.AlreadyExists, nameof(PacketFate.Aside), nameof(PacketFate.Aside))]
    [InlineData(StatusCode.DataLoss, nameof(PacketFate.Later), nameof(PacketFate.Aside))]
    [InlineData(StatusCode.Aborted, nameof(PacketFate.Later), nameof(PacketFate.Later))]
    [InlineData(StatusCode.NotFound, nameof(PacketFate.Later), nameof(PacketFate.Later))]
    [InlineData(StatusCode.Internal, nameof(PacketFate.Later), nameof(PacketFate.Later))]
    [InlineData(StatusCode.Unavailable, nameof(PacketFate.AllLater), nameof(PacketFate.AllLater))]
    [InlineData(StatusCode.ResourceExhausted, nameof(PacketFate.AllLater), nameof(PacketFate.AllLater))]
    [InlineData(StatusCode.PermissionDenied, nameof(PacketFate.AllLater), nameof(PacketFate.AllLater))]
    public void Packet_WithAnAnswerOfTheServer_FaresByIt(StatusCode code, string first, string again)
    {
        var fault = new RpcException(new Status(code, ""));

        Assert.Equal(first, $"{PacketFates.Of(fault, failedBefore: false)}");
        Assert.Equal(again, $"{PacketFates.Of(fault, failedBefore: true)}");
    }

    [Fact]
    public void Packet_ThatCannotBeRead_GetsASecondLookUnlessItIsGone()
    {
        var unreadable = new UnreadablePacketException("", new EndOfStreamException());

        Assert.Equal(PacketFate.Later, PacketFates.Of(unreadable, failedBefore: false));
        Assert.Equal(PacketFate.Aside, PacketFates.Of(unreadable, failedBefore: true));
        Assert.Equal(PacketFate.Aside, PacketFates.Of(new UnreadablePacketException("", new FileNotFoundException()), failedBefore: false));
    }

    [Fact]
    public void Packet_WhoseReceiptDoesNotHold_IsNeverMovedAside() =>
        Assert.Equal(PacketFate.Later, PacketFates.Of(new InvalidDataException("The receipt is not signed."), failedBefore: true));
}
