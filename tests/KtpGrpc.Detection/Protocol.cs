namespace KtpGrpc.Detection;

/// <summary>Which file teaches the thresholds, which is judged by them, and how far ahead an alarm may be (null: the protocol's own).</summary>
internal sealed record Replayed(FileInfo Train, FileInfo Test, TimeSpan? Horizon);

/// <summary>One way to replay and to judge.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Replay">Chooses thresholds on one file and applies them to another.</param>
/// <param name="Develop">Everything that can be said of a folder's development file, judged by cross-validation over machines where thresholds are chosen.</param>
internal sealed record Protocol(string Name, Func<Replayed, Report> Replay, Func<DirectoryInfo, IEnumerable<Report>> Develop)
{
    public static readonly IReadOnlyList<Protocol> All =
    [
        Failures.FailuresProtocol.Protocol,
        Events.EventsProtocol.Protocol,
        Liveness.LivenessProtocol.Protocol,
        Silence.SilenceProtocol.Protocol,
        Silence.MassSilence.Protocol,
        Nab.NabProtocol.Protocol,
    ];

    public static Protocol Named(string name) => All.Single(known => known.Name == name);
}
