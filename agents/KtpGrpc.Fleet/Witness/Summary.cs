using System.Text.Json;
using System.Text.Json.Serialization;

namespace KtpGrpc.Fleet.Witness;

/// <summary>What a run came to: the last line of batch mode. Moments are UTC, null where nothing happened.</summary>
internal sealed record Summary(
    string Scenario,
    int Seed,
    int Stations,
    int Joined,
    PacketSummary Packets,
    CardSummary Cards,
    IReadOnlyList<DeviceSummary> Devices,
    RegionSummary Region,
    IncidentSummary Incidents,
    JournalSummary Journal)
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web);

    /// <summary>Of a province only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProvinceSummary? Province { get; init; }

    /// <summary>What a run must hold whatever the scenario; one sentence for each promise that was broken.</summary>
    public IEnumerable<string> BrokenPromises()
    {
        if (Packets.Lost > 0)
        {
            yield return $"{Packets.Lost} sealed packets are not on the server's disk.";
        }

        if (Packets.Received < Packets.Sealed)
        {
            yield return $"{Packets.Sealed} packets were sealed, and the server knows of {Packets.Received}.";
        }

        if (Cards.PrintedTwice > 0)
        {
            yield return $"{Cards.PrintedTwice} cards were printed twice.";
        }

        if (!Cards.BlanksBalanced)
        {
            yield return "The blanks do not balance.";
        }

        if (!Journal.Verified)
        {
            yield return "The journal does not verify.";
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, _options);
}

/// <param name="Sealed">By the agents.</param>
/// <param name="Received">By the server's word.</param>
/// <param name="Lost">Sealed, and not found on the server's disk with the same SHA-256.</param>
internal sealed record PacketSummary(int Sealed, long Received, int Lost, long DuplicatesRefused);

/// <param name="Spoiled">Ruined in production, wherever they are now.</param>
/// <param name="Custody">How many of them are under the custodian's lock.</param>
/// <param name="Destroyed">How many of them were burnt before witnesses.</param>
/// <param name="PrintedTwice">Issuances of which the printers themselves made more than one good card.</param>
/// <param name="BlanksBalanced">The server's books add up, and agree with what was handed over, came out of the printers, and was kept and burnt.</param>
internal sealed record CardSummary(
    long Enqueued, long Printed, long Spoiled, long Custody, long Destroyed, long Unknown, int PrintedTwice, long BlanksReceived, bool BlanksBalanced);

/// <summary>A device that died: the truth of the scenario, and when the server said so.</summary>
internal sealed record DeviceSummary(
    string Station, string Device, string Cause, DateTime? WearFrom, DateTime DiedAt, DateTime? FailingAt, DateTime? FailedAt);

internal sealed record RegionSummary(string Code, DateTime? OneKitLeftAt, DateTime? NoKitLeftAt);

/// <param name="FalseOnes">About equipment that was well.</param>
internal sealed record IncidentSummary(int Opened, int FalseOnes);

internal sealed record JournalSummary(long Entries, bool Verified);
