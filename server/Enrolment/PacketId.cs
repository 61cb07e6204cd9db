using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Enrolment;

/// <summary>A UUID that the station made for a packet; it says nothing of the citizen, so it may name a file.</summary>
internal readonly record struct PacketId
{
    private PacketId(string value) => Value = value;

    /// <summary>Lower case, with hyphens.</summary>
    public string Value { get; }

    public static bool TryParse(string? text, out PacketId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var uuid);
        id = new PacketId(uuid.ToString("D"));
        return parsed;
    }

    /// <summary>Refuses with INVALID_ARGUMENT what is not a UUID.</summary>
    public static PacketId Require(string text) => TryParse(text, out var id)
        ? id
        : throw Refuse.Invalid($"packet_id '{Rpc.Require.Shown(text)}' is not a UUID: expected 8-4-4-4-12 hexadecimal digits.");

    /// <summary>An id that comes from our own tables.</summary>
    public static PacketId Trusted(string text) => new(text);

    public override string ToString() => Value;
}
