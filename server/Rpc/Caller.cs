using Grpc.Core;

namespace KtpGrpc.Server.Rpc;

internal enum CallerKind
{
    Anonymous,
    Station,
    Operator,
}

/// <summary>Who calls: a station by its certificate, an operator by his secret, or nobody known.</summary>
internal sealed record Caller(CallerKind Kind, string Name, Role Roles, RegionCode Region)
{
    public static readonly Caller Anonymous = new(CallerKind.Anonymous, "", Role.None, default);

    /// <summary>Why a credential that was shown is not good; null where none was shown, or a good one.</summary>
    public string? Refusal { get; init; }

    /// <summary>Hash of the certificate's public key; empty for who has none.</summary>
    public string KeyHash { get; init; } = "";

    /// <summary>How the journal names him.</summary>
    public string Actor => Kind switch
    {
        CallerKind.Station => "station:" + Name,
        CallerKind.Operator => "operator:" + Name,
        _ => "anyone",
    };

    public static Caller Of(ServerCallContext context) => context.GetHttpContext().Features.Get<Caller>() ?? Anonymous;

    /// <summary>Refuses with PERMISSION_DENIED what lies outside the caller's region.</summary>
    public void RequireRegion(RegionCode region)
    {
        if (!Region.Contains(region))
        {
            throw Refuse.Denied(region == RegionCode.Country
                ? $"{Actor} has no right in the whole country: name a region of {Region}."
                : $"{Actor} has no right in region '{region}'.");
        }
    }
}
