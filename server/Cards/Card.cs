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

    /// <summary>Ruined in production; lies at its station.</summary>
    Spoiled = 5,
    InTransit = 6,

    /// <summary>Spoiled or withdrawn, under the custodian's lock.</summary>
    Custody = 7,

    /// <summary>On the list of a destruction that is not sealed yet.</summary>
    Listed = 8,
    Destroyed = 9,
    Missing = 10,
}

/// <summary>Why a card is good for nothing any more; numbered like the wire's enum.</summary>
internal enum InvalidReason
{
    Print = 1,
    Encode = 2,
    Feed = 3,
    Cancelled = 4,
    Damaged = 5,
    Status = 6,
    Moved = 7,
    Corrected = 8,
}

/// <summary>A blank, or what became of it; the station is the one in whose hopper or printer it is or was.</summary>
internal sealed record Card(long Serial, RegionCode Office, CardState State, StationId? Station, InvalidReason? Reason)
{
    /// <summary>Printed before this system existed.</summary>
    public bool IssuedElsewhere { get; init; }

    public string? TransferId { get; init; }

    public string? DestructionId { get; init; }

    /// <summary>Who counts it: the station while it is there or with its citizen, else the office.</summary>
    public string Holder => Station is { } station && State is CardState.Hopper or CardState.Consuming or CardState.Issued or CardState.Spoiled
        ? station.Value
        : Office.Value;
}
