using Google.Protobuf.WellKnownTypes;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Health;

/// <summary>What a station keeps until the server has it, as it said last; none where it said so, or nothing.</summary>
/// <param name="OldestSince">When the oldest was sealed; the moment it was told where none waits.</param>
internal readonly record struct WaitingPackets(long Packets, long Bytes, DateTimeOffset OldestSince)
{
    public const long MostPackets = 1_000_000;

    public const long MostBytes = 1L << 40;

    /// <summary>As far back as a capture is believed.</summary>
    public static readonly TimeSpan OldestAge = TimeSpan.FromDays(366);

    /// <summary>INVALID_ARGUMENT for what cannot be.</summary>
    public static WaitingPackets Of(Ktp.Health.V1.WaitingPackets told, DateTimeOffset now)
    {
        var age = told.OldestAge ?? new Duration();
        Require.Within(told.Packets, "waiting.packets", 0, MostPackets);
        Require.Within(told.Bytes, "waiting.bytes", 0, MostBytes);
        Require.Within(age.Seconds, "the seconds of waiting.oldest_age", 0, (long)OldestAge.TotalSeconds);
        return new WaitingPackets(told.Packets, told.Bytes, now.AddSeconds(-age.Seconds));
    }

    public TimeSpan Age(DateTimeOffset now) => Packets > 0 && now > OldestSince ? now - OldestSince : TimeSpan.Zero;
}
