using Ktp.Stations.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KtpGrpc.Functional;

/// <summary>A real agent against a test's server.</summary>
internal static class TestStation
{
    /// <summary>Joins a new station of a district that the server knows, with its files in a folder.</summary>
    public static async Task<StationAgent> JoinAsync(RunningServer server, string folder, Kit kit, string district = "53.71.04", string? centre = null)
    {
        var token = await new StationService.StationServiceClient(server.Admin).CreateJoinTokenAsync(
            new CreateJoinTokenRequest { RequestId = Guid.NewGuid().ToString(), RegionCode = district, StationName = "Desk" });
        return await OpenAsync(server, folder, kit, token.Token, centre);
    }

    /// <summary>Opens the station of a folder, which has joined before unless a token is given.</summary>
    public static Task<StationAgent> OpenAsync(RunningServer server, string folder, Kit kit, string? token = null, string? centre = null) =>
        StationAgent.OpenAsync(
            new AgentOptions { Folder = folder, Control = server.ControlAddress, Upload = server.UploadAddress, CentreCertificatePath = centre },
            kit, TimeProvider.System, NullLoggerFactory.Instance, token, CancellationToken.None);
}
