using Grpc.Core;
using Ktp.Citizens.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Citizens;

/// <summary>The right to be forgotten, on the wire.</summary>
internal sealed class CitizenService(OnceOnly once, JournalWriter journal, CitizenRegister register, DomainClock clock)
    : Ktp.Citizens.V1.CitizenService.CitizenServiceBase
{
    [Right(Role.Admin)]
    public override async Task<EraseCitizenResponse> EraseCitizen(EraseCitizenRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        caller.RequireRegion(RegionCode.Country);
        var hash = register.HashOf(Nik.Require(request.Nik));
        var reason = Require.Text(request.Reason, "reason", 500);
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            var id = await CitizenRegister.FindAsync(tx, hash) ?? throw Refuse.NotFound("No citizen is known by this NIK.");
            await CitizenRegister.EraseAsync(tx, id);
            await journal.AcceptAsync(tx, now, caller.Actor, new CitizenErased(id.Value, reason));
            return new EraseCitizenResponse { CitizenId = id.Value };
        }, context.CancellationToken);
    }
}
