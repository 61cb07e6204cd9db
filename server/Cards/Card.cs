using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Cards;

/// <summary>Where a blank or card is; numbered like the wire's enum.</summary>
internal enum CardState
{
    Vault = 1,
    Hopper = 2,

    /// <summary>Bound to a started attempt, whose outcome is open.</summary>
    Consuming = 3,
    Issued = 4,
    Spoiled = 5,
}

/// <summary>A blank, or what became of it; the station is the one in whose hopper or printer it is or was.</summary>
internal sealed record Card(long Serial, RegionCode Office, CardState State, StationId? Station, string? SpoiledReason);
