using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Destruction;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Server.Tests.Destruction;

public sealed class SigningTests
{
    private static readonly DestructionAct _closed = new("d", RegionCode.Trusted("53.71"), DestructionState.Closed, DestructionMethod.Fire, "Kupang", DateTimeOffset.UnixEpoch, "opener")
    {
        ClosedBy = "closer",
        ListSha256 = "list",
        Totals = [new ReasonTotal(KtpGrpc.Server.Cards.InvalidReason.Print, 3)],
    };

    private static readonly Gen<(string Name, Role Roles, SignatoryRole As)[]> _attempts = (
        from name in Gen.Elements("opener", "closer", "a", "b", "c", "d")
        from roles in Gen.Elements(Role.Viewer, Role.Custodian, Role.Witness, Role.Custodian | Role.Witness, Role.Admin)
        from role in Gen.Elements(SignatoryRole.Custodian, SignatoryRole.Witness)
        select (name, roles, role)).ArrayOf();

    [Fact]
    public void Destruction_SignedInAnyOrderByAnybody_IsSealedOnlyWithACustodianAndTwoOtherWitnesses()
    {
        var ready = 0;

        Property.Holds(_attempts, attempts =>
        {
            var act = attempts.Aggregate(_closed, (signed, attempt) => Signing.Refusal(signed, attempt.Name, attempt.Roles, attempt.As) is null
                ? signed with { Signatories = [.. signed.Signatories, new Signatory(attempt.Name, attempt.As, "x", 3, "list", DateTimeOffset.UnixEpoch)] }
                : signed);

            var custodians = act.Signatories.Where(person => person.Role == SignatoryRole.Custodian).Select(person => person.Operator).ToList();
            var witnesses = act.Signatories.Where(person => person.Role == SignatoryRole.Witness).Select(person => person.Operator).ToList();
            Assert.Equal(act.Signatories.Count, custodians.Concat(witnesses).Distinct().Count());
            Assert.Empty(witnesses.Intersect(["opener", "closer"]));
            Assert.Equal(custodians.Count >= 1 && witnesses.Count >= 2, Signing.Missing(act, "sealer") is null);
            ready += Signing.Missing(act, "sealer") is null ? 1 : 0;
        }, runs: 1_000);

        Assert.True(ready >= 20, $"{ready} were signed by enough people: that proves nothing.");
    }

    [Fact]
    public void Signatures_OfAnotherListOrTotal_CountForNothing()
    {
        Signatory[] people =
        [
            new("a", SignatoryRole.Custodian, "x", 3, "list", default), new("b", SignatoryRole.Witness, "x", 3, "list", default), new("c", SignatoryRole.Witness, "x", 3, "list", default),
        ];

        Assert.Null(Signing.Missing(_closed with { Signatories = people }, "a"));
        Assert.NotNull(Signing.Missing(_closed with { Signatories = people }, "b"));
        Assert.NotNull(Signing.Missing(_closed with { Signatories = [.. people[..2], people[2] with { ListSha256 = "other" }] }, "a"));
        Assert.NotNull(Signing.Missing(_closed with { Signatories = [.. people[..2], people[2] with { Counted = 4 }] }, "a"));
        Assert.NotNull(Signing.Missing(_closed with { Signatories = people, State = DestructionState.Open }, "a"));
        Assert.NotNull(Signing.Missing(_closed with { Signatories = people, State = DestructionState.Sealed }, "a"));
    }
}
