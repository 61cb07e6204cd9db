using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Destruction;

/// <summary>
/// Who may sign a destruction, and who must have: a custodian and two witnesses, each with a credential of his own, nobody in two
/// parts. An admin's right to do everything is no signature: he needs the role.
/// </summary>
internal static class Signing
{
    public const int LeastWitnesses = 2;

    /// <summary>As many as one page has room for.</summary>
    public const int MostSignatories = 8;

    /// <summary>Why this operator cannot sign so; null when he can.</summary>
    public static string? Refusal(DestructionAct act, string name, Role roles, SignatoryRole role)
    {
        if (act.State != DestructionState.Closed)
        {
            return act.State == DestructionState.Open
                ? "The list is open: close it with its totals, then it can be signed."
                : $"It was sealed at {act.SealedAt:O} as {act.Number}: nothing can be added.";
        }

        if (!roles.HasFlag(role == SignatoryRole.Custodian ? Role.Custodian : Role.Witness))
        {
            return $"operator:{name} is no {Word(role)}: who signs must have that role himself.";
        }

        if (act.Signatories.FirstOrDefault(signatory => signatory.Operator == name) is { } before)
        {
            return $"operator:{name} has signed as {Word(before.Role)}: everybody signs once.";
        }

        if (role == SignatoryRole.Witness && (name == act.OpenedBy || name == act.ClosedBy))
        {
            return $"operator:{name} opened or closed this destruction as its custodian and cannot be its witness.";
        }

        return act.Signatories.Count == MostSignatories ? $"{MostSignatories} have signed, as many as the record has room for." : null;
    }

    /// <summary>Why it cannot be sealed by this operator; null when it can.</summary>
    public static string? Missing(DestructionAct act, string name)
    {
        if (act.State != DestructionState.Closed)
        {
            return act.State == DestructionState.Open ? "The list is open: close it, then let it be signed." : $"It was sealed at {act.SealedAt:O} as {act.Number}.";
        }

        var valid = act.Signatories.Where(signatory => signatory.ListSha256 == act.ListSha256 && signatory.Counted == act.Cards).ToList();
        var custodians = Names(valid, SignatoryRole.Custodian);
        var witnesses = Names(valid, SignatoryRole.Witness).Except(custodians).ToList();
        if (custodians.Count == 0 || witnesses.Count < LeastWitnesses)
        {
            return $"It is signed by {custodians.Count} custodians and {witnesses.Count} witnesses; it needs a custodian and {LeastWitnesses} witnesses.";
        }

        return witnesses.Contains(name) ? $"operator:{name} signed as a witness: a custodian who is none seals." : null;
    }

    private static List<string> Names(List<Signatory> signatories, SignatoryRole role) =>
        [.. signatories.Where(signatory => signatory.Role == role).Select(signatory => signatory.Operator).Distinct()];

    private static string Word(SignatoryRole role) => role == SignatoryRole.Custodian ? "custodian" : "witness";
}
