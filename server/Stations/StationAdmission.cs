using System.Security.Cryptography;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Stations;

/// <summary>
/// Lets a station in only while the registry does: known, active, and with the key it joined with. It stands behind the
/// identification of the caller, on every call.
/// </summary>
internal sealed class StationAdmission(RequestDelegate next, StationDirectory directory)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<Caller>() is { Kind: CallerKind.Station } caller && await RefusalAsync(caller, context.RequestAborted) is { } refusal)
        {
            context.Features.Set(Caller.Anonymous with { Refusal = refusal });
        }

        await next(context);
    }

    private async ValueTask<string?> RefusalAsync(Caller caller, CancellationToken cancellation)
    {
        if (!StationId.TryParse(caller.Name, out var id) || await directory.FindAsync(id, cancellation) is not { } station)
        {
            return $"Station '{Require.Shown(caller.Name)}' is not known to this server.";
        }

        if (station.Standing != StationStanding.Active)
        {
            return $"Station {id} is {station.Standing.ToString().ToLowerInvariant()}.";
        }

        return Convert.ToHexStringLower(SHA256.HashData(station.PublicKey)) == caller.KeyHash
            ? null
            : $"Station {id} joined with another key.";
    }
}
