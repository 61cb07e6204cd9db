namespace KtpGrpc.Server.Enrolment;

/// <summary>The limits that keep uploads from starving each other and the rest of the server.</summary>
internal sealed record EnrolmentOptions
{
    /// <summary>Uploads at once, of all stations.</summary>
    public int MostUploads { get; init; } = 500;

    /// <summary>Uploads at once of one station, so that a kit that runs wild shuts out nobody else.</summary>
    public int MostUploadsOfStation { get; init; } = 50;

    /// <summary>Packets that a station may have announced and not sent.</summary>
    public int MostOffersOfStation { get; init; } = 1000;

    /// <summary>Longest wait for the next message of an upload.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Slowest mean of an upload, bytes a second, once <see cref="Grace"/> is over. A poor GPRS uplink has three times this.</summary>
    public int LeastRate { get; init; } = 1024;

    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An offer that was not repeated for so long, of domain time, is abandoned. An agent that was away offers anew.</summary>
    public TimeSpan OfferLife { get; init; } = TimeSpan.FromDays(7);
}
