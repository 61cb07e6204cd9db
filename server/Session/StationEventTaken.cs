using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Session;

/// <summary>Something happened at a station, as its agent tells it: what, in the words of the contract, and with which details.</summary>
internal sealed record StationEventTaken(string StationId, string Region, string Outbox, long Position, DateTimeOffset OccurredAt, string What, string Details) : IFact
{
    public const string Kind = "session.event-taken";

    public string Subject => "station/" + StationId;

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("session_events");
        catalog.Add(Kind, StationEventJson.Default.StationEventTaken, async (tx, _, fact) => await tx.ExecuteAsync(
            "INSERT INTO session_events (station_id, outbox, position) VALUES ($1, $2, $3) ON CONFLICT (station_id) DO UPDATE SET outbox = excluded.outbox, position = excluded.position WHERE session_events.outbox <> excluded.outbox OR session_events.position < excluded.position",
            fact.StationId, fact.Outbox, fact.Position));
    }

    /// <summary>Events of a station's outbox up to here are durable; 0 before the first, and for a new outbox.</summary>
    public static ValueTask<long> DurableAsync(Tx tx, string stationId, string outbox) =>
        tx.NumberAsync("SELECT position FROM session_events WHERE station_id = $1 AND outbox = $2", stationId, outbox);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StationEventTaken))]
internal sealed partial class StationEventJson : JsonSerializerContext;
