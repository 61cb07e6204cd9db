using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Cards;

/// <summary>The letters that stand for cards.</summary>
internal sealed partial class CardService
{
    [Right(Role.Officer)]
    public override Task<IssueSuketResponse> IssueSuket(IssueSuketRequest request, ServerCallContext context)
    {
        var (caller, office) = RequireOffice(context, request.OfficeCode);
        var citizen = citizens.Protect(Nik.Require(request.Nik), Require.Text(request.Name, "name", 200));
        var cause = Enum.IsDefined((SuketCause)request.Cause)
            ? (SuketCause)request.Cause
            : throw Refuse.Invalid("cause must be one of NO_BLANKS, NO_PRINTER and RECORD_WAITS.");
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
            new IssueSuketResponse { Suket = CardWire.ToWire(await sukets.IssueAsync(tx, now, caller.Actor, office, citizen, cause), now) }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<GetSuketResponse> GetSuket(GetSuketRequest request, ServerCallContext context)
    {
        var number = Require.Text(request.Number, "number", 30);
        var suket = await database.ReadAsync(tx => SuketStore.FindAsync(tx, number), context.CancellationToken)
            ?? throw Refuse.NotFound($"Suket '{number}' was never given.");
        Caller.Of(context).RequireRegion(suket.Office);
        return new GetSuketResponse { Suket = CardWire.ToWire(suket, clock.Now) };
    }
}
