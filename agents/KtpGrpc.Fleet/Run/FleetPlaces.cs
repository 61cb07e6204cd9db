using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Fleet.Run;

/// <summary>Where the server answers and keeps its files, and where the fleet keeps its own.</summary>
/// <param name="Data">The server's data folder; read for the first admin's secret, the authority, and as a witness of the packets.</param>
/// <param name="Work">The fleet's folder: the agents' disks, and the centre's key pair, away from the server's data.</param>
internal sealed record FleetPlaces(Uri Control, Uri Upload, Uri Pages, string Data, string Work)
{
    public string Packets => Path.Combine(Data, "packets");

    public string CentreCertificate => Path.Combine(Centre, CentreKeys.CertificateFile);

    private string Centre => Path.Combine(Work, "centre");

    public string AgentFolder(string stationId) => Path.Combine(Work, "agents", stationId);

    public void MakeCentre(DateTimeOffset now)
    {
        if (!File.Exists(CentreCertificate))
        {
            CentreKeys.Create(Centre, now).Dispose();
        }
    }
}
