namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Who may call an rpc. Every rpc has one: without it the call is refused, and a test fails. That the caller's region
/// holds what he asks for is the service's own check (<see cref="Caller.RequireRegion"/>).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RightAttribute(Role roles = Role.None) : Attribute
{
    /// <summary>Operators with any of these roles; every operator is also a viewer.</summary>
    public Role Roles { get; } = roles;

    /// <summary>Stations, by their certificate.</summary>
    public bool Station { get; init; }

    /// <summary>Everybody, also without a credential.</summary>
    public bool Anyone { get; init; }

    public bool Admits(Caller caller) => Anyone || caller.Kind switch
    {
        CallerKind.Station => Station,
        CallerKind.Operator => Roles != Role.None && (caller.Roles & (Roles | Role.Admin)) != 0,
        _ => false,
    };
}
