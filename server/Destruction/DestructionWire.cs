using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Rpc;
using Wire = Ktp.Destruction.V1;

namespace KtpGrpc.Server.Destruction;

/// <summary>Destructions as the wire has them.</summary>
internal static class DestructionWire
{
    public static DestructionMethod RequireMethod(Wire.DestructionMethod method) => System.Enum.IsDefined((DestructionMethod)method)
        ? (DestructionMethod)method
        : throw Refuse.Invalid("method must be one of FIRE, MELTING_MACHINE and SHREDDER.");

    public static SignatoryRole RequireRole(Wire.SignatoryRole role) => System.Enum.IsDefined((SignatoryRole)role)
        ? (SignatoryRole)role
        : throw Refuse.Invalid("role must be CUSTODIAN or WITNESS.");

    /// <summary>Totals with each reason once; refuses with INVALID_ARGUMENT others.</summary>
    public static List<ReasonTotal> RequireTotals(IReadOnlyCollection<Wire.ReasonTotal> totals)
    {
        var required = totals
            .Select(total => new ReasonTotal((InvalidReason)total.Reason, Require.Within(total.Cards, "totals.cards", 0, SerialRange.MostSerial)))
            .ToList();
        if (required.FirstOrDefault(total => !System.Enum.IsDefined(total.Reason)) is not null)
        {
            throw Refuse.Invalid("totals.reason must be a reason for which cards are listed.");
        }

        return required.GroupBy(total => total.Reason).FirstOrDefault(reason => reason.Count() > 1) is { } twice
            ? throw Refuse.Invalid($"totals names {twice.Key.ToString().ToUpperInvariant()} twice: name each reason once.")
            : required;
    }

    public static Wire.Destruction ToWire(DestructionAct act) => new()
    {
        DestructionId = act.Id,
        Number = act.Number ?? "",
        OfficeCode = act.Office.Value,
        State = (Wire.DestructionState)act.State,
        Method = (Wire.DestructionMethod)act.Method,
        Place = act.Place,
        OpenedAt = act.OpenedAt.ToTimestamp(),
        SealedAt = act.SealedAt?.ToTimestamp(),
        Cards = act.Cards,
        Totals = { act.Totals.Select(total => new Wire.ReasonTotal { Reason = (Ktp.Cards.V1.InvalidReason)total.Reason, Cards = total.Cards }) },
        Signatories = { act.Signatories.Select(ToWire) },
        RecordSha256 = act.Record is null ? ByteString.Empty : ByteString.CopyFrom(RecordFile.Sha256(RecordFile.RecordLine(act.Record))),
    };

    private static Wire.Signatory ToWire(Signatory signatory) => new()
    {
        Operator = signatory.Operator,
        Role = (Wire.SignatoryRole)signatory.Role,
        OnBehalfOf = signatory.OnBehalfOf,
        SignedAt = signatory.SignedAt.ToTimestamp(),
    };
}
