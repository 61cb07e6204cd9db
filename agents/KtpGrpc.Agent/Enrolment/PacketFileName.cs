using System.Globalization;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// A waiting packet's file name, <c>sequence-id-sha256.cms</c>: all that the upload needs to know of its bytes, so that
/// nothing beside them can be lost or disagree, and bytes that rot on the disk are noticed here and not at the centre.
/// </summary>
internal static class PacketFileName
{
    /// <summary>Behind the name of a packet that was moved aside.</summary>
    public const string AsideSuffix = ".refused";

    private const string Suffix = ".cms";
    private const int Sha256Digits = 64;

    public static string Of(WaitingPacket packet) => string.Create(
        CultureInfo.InvariantCulture, $"{packet.Sequence:D10}-{packet.Id.Value:N}-{packet.Sha256}{Suffix}");

    public static bool TryParse(string name, long bytes, out WaitingPacket packet)
    {
        packet = null!;
        if (!name.EndsWith(Suffix, StringComparison.Ordinal)
            || name[..^Suffix.Length].Split('-') is not [var sequence, var id, { Length: Sha256Digits } sha256]
            || !long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !PacketId.TryParse(id, out var packetId))
        {
            return false;
        }

        packet = new WaitingPacket(number, packetId, bytes, sha256);
        return true;
    }
}
