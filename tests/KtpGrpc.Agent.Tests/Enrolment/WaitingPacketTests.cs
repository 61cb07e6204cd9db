using Google.Protobuf.WellKnownTypes;
using KtpGrpc.Agent.Enrolment;
using Xunit;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class WaitingPacketTests
{
    private static readonly DateTimeOffset _now = new(2017, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Told_OfSome_IsTheirNumberBytesAndTheAgeOfTheOldest()
    {
        var told = WaitingPacket.Told([Made(1, TimeSpan.FromMinutes(5), 10), Made(2, TimeSpan.FromDays(2), 20), Made(3, TimeSpan.FromHours(-1), 30)], _now);

        Assert.Equal((3, 60, TimeSpan.FromDays(2).ToDuration()), (told.Packets, told.Bytes, told.OldestAge));
    }

    [Fact]
    public void Told_OfNone_IsNoAge()
    {
        var told = WaitingPacket.Told([], _now);

        Assert.Equal((0, 0, new Duration()), (told.Packets, told.Bytes, told.OldestAge));
    }

    /// <summary>A kiosk that woke in 1970 must not have its samples refused for it.</summary>
    [Fact]
    public void Told_OfOneSealedIn1970_StaysWithinTheBound()
    {
        var told = WaitingPacket.Told([new WaitingPacket(1, PacketId.New(DateTimeOffset.UnixEpoch), 1, "")], _now);

        Assert.Equal(TimeSpan.FromDays(366), told.OldestAge.ToTimeSpan());
    }

    private static WaitingPacket Made(long sequence, TimeSpan ago, long bytes) => new(sequence, PacketId.New(_now - ago), bytes, "");
}
