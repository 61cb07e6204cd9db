using System.Globalization;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Enrolment;

/// <summary>Where a packet stands in a list: by the moment it was received, then by its id.</summary>
internal readonly record struct PacketKey(DateTimeOffset ReceivedAt, string PacketId)
{
    public static PacketKey Of(Packet packet) => new(packet.ReceivedAt, packet.Seal.Id.Value);

    /// <summary>The key that a page token holds; before all packets where it is empty.</summary>
    public static PacketKey Require(string text)
    {
        if (text.Length == 0)
        {
            return new PacketKey(DateTimeOffset.MinValue, "");
        }

        return text.Split('/') is [var moment, var id]
            && long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? new PacketKey(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), id)
                : throw Refuse.Invalid("page_token is not one that this list returned: send it as it came, or leave it empty.");
    }

    public override string ToString() => $"{ReceivedAt.ToUnixTimeMilliseconds()}/{PacketId}";
}
