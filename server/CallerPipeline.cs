using KtpGrpc.Server.Security;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server;

/// <summary>What stands before every call, in order: who it is, and whether the registry lets him in.</summary>
internal static class CallerPipeline
{
    public static void UseCallers(this WebApplication app)
    {
        app.UseMiddleware<CallerIdentification>();
        app.UseMiddleware<StationAdmission>();
    }
}
