using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class PacketSealerTests(CentreFixture fixture) : IClassFixture<CentreFixture>
{
    private static readonly DateTimeOffset _captured = new(2016, 9, 30, 2, 15, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = fixture.Folder;
    private readonly StationKeys _keys = fixture.Keys;
    private readonly X509Certificate2 _centre = fixture.Centre;

    [Fact]
    public void Packet_SealedForTheCentre_OpensWithOpenSslToEveryPart()
    {
        var person = SyntheticRecords.Person(seed: 7, _captured);
        using var parts = PartsOf(person);
        var manifest = Manifest("Maria \"Ina\" Lay-Kalé");

        File.WriteAllBytes(_folder["packet.cms"], new PacketSealer().Seal(parts, manifest, _centre, _keys.Station));
        var (verified, errors) = Verify("packet.cms");
        var (decrypted, decryptErrors) = Decrypt();

        Assert.True(verified == 0, errors);
        Assert.True(decrypted == 0, decryptErrors);
        using var zip = ZipFile.OpenRead(_folder["packet.zip"]);
        Assert.Equal(["packet.json", .. person.Keys.Order().Select(part => part.FileName())], zip.Entries.Select(entry => entry.FullName));
        Assert.All(person, pair => Assert.Equal(pair.Value, Bytes(zip, pair.Key.FileName())));
        Assert.All(zip.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
    }

    [Fact]
    public void Manifest_InAPacket_NamesTheCitizenAndTheHashOfEveryPart()
    {
        var person = SyntheticRecords.SlimPerson(seed: 7, _captured);
        using var parts = PartsOf(person);
        var manifest = Manifest("Maria \"Ina\" Lay-Kalé");

        using var zip = new ZipArchive(new MemoryStream(PacketContainer.Write(parts, manifest)));
        using var json = JsonDocument.Parse(Bytes(zip, "packet.json"));

        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("formatVersion").GetInt32());
        Assert.Equal(manifest.Packet.Value, root.GetProperty("packetId").GetGuid());
        Assert.Equal("53.71.04-1", root.GetProperty("stationId").GetString());
        Assert.Equal("2016-09-30T02:15:00Z", root.GetProperty("capturedAt").GetString());
        Assert.Equal("5371044107850001", root.GetProperty("nik").GetString());
        Assert.Equal("Maria \"Ina\" Lay-Kalé", root.GetProperty("name").GetString());
        Assert.Equal(13, root.GetProperty("parts").GetArrayLength());
        Assert.All(root.GetProperty("parts").EnumerateArray(), part =>
        {
            var bytes = Bytes(zip, part.GetProperty("file").GetString()!);
            Assert.Equal(bytes.Length, part.GetProperty("bytes").GetInt32());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), part.GetProperty("sha256").GetString());
        });
    }

    [Fact]
    public void Container_OfTheSamePartsAndManifest_IsTheSameBytes()
    {
        using var parts = PartsOf(SyntheticRecords.SlimPerson(seed: 7, _captured));
        var manifest = Manifest("Maria");

        Assert.Equal(PacketContainer.Write(parts, manifest), PacketContainer.Write(parts, manifest));
    }

    [Fact]
    public void Container_WithTheLongestNameAndAllParts_HasRoom()
    {
        var everything = BodyParts.All.ToDictionary(part => part, part => SyntheticRecords.Record(part, 7, _captured, 12));
        using var parts = PartsOf(everything);
        var manifest = Manifest(string.Concat(Enumerable.Repeat("\u0001", Citizen.LongestName)));

        Assert.NotEmpty(PacketContainer.Write(parts, manifest));
    }

    [Fact]
    public void Packet_CapturedByAClockAt1970_IsSealedAllTheSame()
    {
        using var parts = PartsOf(SyntheticRecords.SlimPerson(seed: 7, DateTimeOffset.UnixEpoch));
        var manifest = Manifest("Maria") with { Packet = PacketId.New(DateTimeOffset.UnixEpoch), CapturedAt = DateTimeOffset.UnixEpoch };

        Assert.NotEmpty(new PacketSealer().Seal(parts, manifest, _centre, _keys.Station));
    }

    [Fact]
    public void Packet_WithOneBitChanged_FailsItsVerification()
    {
        using var parts = PartsOf(SyntheticRecords.SlimPerson(seed: 7, _captured));
        var sealedPacket = new PacketSealer().Seal(parts, Manifest("Maria"), _centre, _keys.Station);
        sealedPacket[sealedPacket.Length / 2] ^= 1;

        File.WriteAllBytes(_folder["packet.cms"], sealedPacket);

        Assert.NotEqual(0, Verify("packet.cms").Code);
    }

    [Fact]
    public void Packet_Sealed_ShowsNeitherCitizenNorImage()
    {
        var person = SyntheticRecords.SlimPerson(seed: 7, _captured);
        using var parts = PartsOf(person);

        var sealedPacket = new PacketSealer().Seal(parts, Manifest("Maria Lay"), _centre, _keys.Station);

        Assert.Equal(-1, sealedPacket.AsSpan().IndexOf("5371044107850001"u8));
        Assert.Equal(-1, sealedPacket.AsSpan().IndexOf("Maria Lay"u8));
        Assert.All(person.Values, record => Assert.Equal(-1, sealedPacket.AsSpan().IndexOf(record.AsSpan()[^16..])));
    }

    [Fact]
    public void CapturedParts_Disposed_AreOverwritten()
    {
        var person = SyntheticRecords.SlimPerson(seed: 7, _captured);

        PartsOf(person).Dispose();

        Assert.All(person.Values, record => Assert.All(record, value => Assert.Equal(0, value)));
    }

    [Fact]
    public void CapturedParts_GivenARefusedOrASecondRecord_OverwriteWhatTheyDoNotKeep()
    {
        using var parts = new CapturedParts();
        var first = SyntheticRecords.Record(BodyPart.Face, 1, _captured, 32);
        var second = SyntheticRecords.Record(BodyPart.Face, 2, _captured, 32);
        var refused = SyntheticRecords.Record(BodyPart.LeftIris, 2, _captured, 32);

        parts.Add(BodyPart.Face, first);
        parts.Add(BodyPart.Face, second);
        var outcome = parts.Add(BodyPart.RightIris, refused);

        Assert.IsType<IsoRecordOutcome.Refused>(outcome);
        Assert.Equal(1, parts.Count);
        Assert.All(first.Concat(refused), value => Assert.Equal(0, value));
        Assert.Equal((byte)'F', second[0]);
    }

    [Fact]
    public void Citizen_WrittenAsText_TellsNothing()
    {
        var manifest = Manifest("Maria Lay");

        var text = $"{manifest} {manifest.Citizen} {manifest.Citizen.Nik}";

        Assert.DoesNotContain("Maria", text);
        Assert.DoesNotContain("5371", text[text.IndexOf("Citizen", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void CentreKeys_Made_AreReadableByTheirOwnerAloneAndNeverOverwritten()
    {
        var key = _folder[CentreKeys.KeyFile];

        Assert.Throws<IOException>(() => CentreKeys.Create(_folder.Path, _captured));

        Assert.False(_centre.HasPrivateKey);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(key), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }
    }

    private (int Code, string Errors) Verify(string packet) => OpenSsl.Run(
        "cms", "-verify", "-binary", "-CAfile", _folder["ca.pem"], "-no_check_time",
        "-inform", "DER", "-in", _folder[packet], "-out", _folder["envelope.der"]);

    private (int Code, string Errors) Decrypt() => OpenSsl.Run(
        "cms", "-decrypt", "-binary", "-inform", "DER", "-in", _folder["envelope.der"], "-out", _folder["packet.zip"],
        "-recip", _folder[CentreKeys.CertificateFile], "-inkey", _folder[CentreKeys.KeyFile]);

    private static CapturedParts PartsOf(IReadOnlyDictionary<BodyPart, byte[]> person)
    {
        var parts = new CapturedParts();
        foreach (var (part, record) in person)
        {
            Assert.IsType<IsoRecordOutcome.Accepted>(parts.Add(part, record));
        }

        return parts;
    }

    private static PacketManifest Manifest(string name) => new(
        PacketId.New(_captured), StationId.Parse("53.71.04-1"), _captured, new Citizen(Nik.Parse("5371044107850001"), name));

    private static byte[] Bytes(ZipArchive zip, string name)
    {
        using var copy = new MemoryStream();
        using var entry = zip.GetEntry(name)!.Open();
        entry.CopyTo(copy);
        return copy.ToArray();
    }
}
