using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>A sealed packet on the disk that the server has yet to give a receipt for.</summary>
/// <param name="Sequence">The order in which packets were saved, whatever the kiosk's clock said.</param>
/// <param name="Sha256">Of the sealed bytes when they were saved, 64 lower-case hexadecimal digits.</param>
internal sealed record WaitingPacket(long Sequence, PacketId Id, long Bytes, string Sha256)
{
    /// <summary>The longest wait that is told; the server's bound.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromDays(366);

    /// <summary>What the server is told of those that wait. A packet sealed at a time that is yet to come has waited for nothing.</summary>
    public static WaitingPackets Told(IReadOnlyList<WaitingPacket> packets, DateTimeOffset now) => new()
    {
        Packets = packets.Count,
        Bytes = packets.Sum(packet => packet.Bytes),
        OldestAge = TimeSpan.FromSeconds(packets.Select(packet => Math.Clamp((now - packet.Id.MadeAt).TotalSeconds, 0, _longest.TotalSeconds)).DefaultIfEmpty(0).Max()).ToDuration(),
    };
}
