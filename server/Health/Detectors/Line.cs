namespace KtpGrpc.Server.Health.Detectors;

/// <summary>How a station's last session is: what ended it is known, or it is open for all that is known.</summary>
internal enum Line : byte
{
    Open,

    /// <summary>The station took its leave.</summary>
    Left,

    /// <summary>It ended without a word.</summary>
    Broken,
}
