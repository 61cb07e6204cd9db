using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KtpGrpc.Ctl.Proof;
using Xunit;

namespace KtpGrpc.Ctl.Tests.Proof;

/// <summary>Records that somebody made who has the signing key: the signature fits, and what they say must still be refused.</summary>
public sealed class ForgeryTests
{
    private static readonly JsonSerializerOptions _relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Record =
        """
        {"form":"ktp-destruction-v1","number":"53.71/2018/0007","destructionId":"d","office":"53.71","officeName":"Kota Kupang","method":"FIRE","place":"halaman kantor","openedAt":"2018-12-21T03:00:00.000Z","closedAt":"2018-12-21T04:00:00.000Z","sealedAt":"2018-12-21T05:00:00.000Z","cards":3,"totals":[{"reason":"PRINT","cards":2},{"reason":"MOVED","cards":1}],"signatories":[{"operator":"a","role":"CUSTODIAN","onBehalfOf":"Dinas","counted":3,"signedAt":"2018-12-21T04:10:00.000Z"},{"operator":"b","role":"WITNESS","onBehalfOf":"Satpol PP","counted":3,"signedAt":"2018-12-21T04:20:00.000Z"},{"operator":"c","role":"WITNESS","onBehalfOf":"Polres","counted":3,"signedAt":"2018-12-21T04:30:00.000Z"}],"listSha256":""}
        """;

    private static readonly string[] _cards = ["""{"reason":"PRINT","serials":[17,18]}""", """{"reason":"MOVED","serials":[5]}"""];

    [Fact]
    public void Record_AsItShouldBe_IsVerifiedAndTellsItsKey()
    {
        var (file, key) = Signed(_ => { }, _cards);

        var told = Told(file, key);

        Assert.Contains(("cards", "3"), told);
        Assert.Throws<FindingException>(() => Told(file, Signed(_ => { }, _cards).Key));
    }

    [Theory]
    [InlineData("a card twice", new[] { """{"reason":"PRINT","serials":[17,17]}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("a card for two reasons", new[] { """{"reason":"PRINT","serials":[5,17]}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("cards out of order", new[] { """{"reason":"PRINT","serials":[18,17]}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("reasons out of order", new[] { """{"reason":"MOVED","serials":[5]}""", """{"reason":"PRINT","serials":[17,18]}""" })]
    [InlineData("a reason in two short lines", new[] { """{"reason":"PRINT","serials":[17]}""", """{"reason":"PRINT","serials":[18]}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("a reason that there is not", new[] { """{"reason":"PRINT","serials":[17,18]}""", """{"reason":"LOST","serials":[5]}""" })]
    [InlineData("a card too few", new[] { """{"reason":"PRINT","serials":[17,18]}""" })]
    [InlineData("a card of another reason", new[] { """{"reason":"PRINT","serials":[17]}""", """{"reason":"MOVED","serials":[5,18]}""" })]
    [InlineData("white space", new[] { """{"reason":"PRINT","serials":[17, 18]}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("another spelling of a number", new[] { """{"reason":"PRINT","serials":[1.7e1,18]}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("a member twice", new[] { """{"reason":"PRINT","serials":[17,18],"serials":[17,18]}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("a member that there is not", new[] { """{"reason":"PRINT","serials":[17,18],"note":1}""", """{"reason":"MOVED","serials":[5]}""" })]
    [InlineData("an empty line", new[] { """{"reason":"PRINT","serials":[17,18]}""", """{"reason":"MOVED","serials":[5]}""", "" })]
    public void Cards_ThatDoNotHold_AreFoundThoughTheSignatureFits(string what, string[] cards)
    {
        var (file, key) = Signed(_ => { }, cards);

        Assert.False(Holds(file, key), what);
    }

    [Theory]
    [InlineData("cards", "4")]
    [InlineData("totals.0.cards", "3")]
    [InlineData("totals.1.reason", "\"PRINT\"")]
    [InlineData("method", "\"RIVER\"")]
    [InlineData("number", "\"53.72/2018/0007\"")]
    [InlineData("number", "\"7\"")]
    [InlineData("signatories.1.role", "\"CUSTODIAN\"")]
    [InlineData("signatories.0.role", "\"WITNESS\"")]
    [InlineData("signatories.2.operator", "\"b\"")]
    [InlineData("signatories.1.operator", "\"a\"")]
    [InlineData("signatories.2.counted", "4")]
    [InlineData("signatories.0.signedAt", "\"2018-12-21T03:59:59.999Z\"")]
    [InlineData("signatories.0.signedAt", "\"2018-12-21T05:00:00.001Z\"")]
    [InlineData("closedAt", "\"2018-12-21T02:00:00.000Z\"")]
    [InlineData("listSha256", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")]
    [InlineData("place", "null")]
    public void Record_ThatDoesNotHold_IsFoundThoughTheSignatureFits(string member, string value)
    {
        var (file, key) = Signed(record => Set(record, member, JsonNode.Parse(value)), _cards);

        Assert.False(Holds(file, key), $"{member} {value}");
    }

    private static void Set(JsonNode record, string path, JsonNode? value)
    {
        var names = path.Split('.');
        var at = names[..^1].Aggregate(record, (node, name) => (int.TryParse(name, out var index) ? node[index] : node[name])!);
        at[names[^1]] = value;
    }

    /// <summary>The list's hash is right unless the change says otherwise.</summary>
    private static (byte[] File, byte[] Key) Signed(Action<JsonNode> change, string[] cards)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var list = string.Concat(cards.Select(line => line + "\n"));
        var record = JsonNode.Parse(Record)!;
        record["listSha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list)));
        change(record);
        var body = Encoding.UTF8.GetBytes(record.ToJsonString(_relaxed) + "\n" + list);
        var signature = Convert.ToBase64String(key.SignData(body, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        var last = $$$"""{"signature":{"algorithm":"ECDSA-P256-SHA256","publicKey":"{{{Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}}}","value":"{{{signature}}}"}}""";
        return ([.. body, .. Encoding.UTF8.GetBytes(last + "\n")], key.ExportSubjectPublicKeyInfo());
    }

    private static List<(string Name, string Value)> Told(byte[] file, byte[] key)
    {
        using var stream = new MemoryStream(file);
        return Verification.Check(stream, key, DestructionRecord.Check);
    }

    private static bool Holds(byte[] file, byte[] key)
    {
        try
        {
            Told(file, key);
            return true;
        }
        catch (FindingException)
        {
            return false;
        }
    }
}
