namespace KtpGrpc.Server.Session;

/// <summary>How sessions behave; all times by the system clock.</summary>
internal sealed record SessionOptions
{
    /// <summary>An agent that connects says hello within this.</summary>
    public TimeSpan HelloWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A probed agent that does not answer within this is gone.</summary>
    public TimeSpan ProbeWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A session that ends has this long to say why; then its stream is cut.</summary>
    public TimeSpan EndWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Agents that are told that the server stops leave by themselves within this; the others' streams are ended.</summary>
    public TimeSpan LeaveWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often sessions are looked at whose certificate may have run out.</summary>
    public TimeSpan LookAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Messages an agent may send ahead of the last ack.</summary>
    public int Window { get; init; } = 100;

    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Sessions opened per second, and at once; the rest is told when to come back. A handshake costs 1.5 to 4 ms of a processor.</summary>
    public int OpenedPerSecond { get; init; } = 200;
}
