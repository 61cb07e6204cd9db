using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class OfferNotesTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2016, 9, 30, 2, 15, 0, TimeSpan.Zero);
    private static readonly Citizen _citizen = new(Nik.Parse("5371041508900001"), "A citizen");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Note_OfACitizenWhoseVillageIsKnown_TellsIt()
    {
        var notes = new OfferNotes(_folder.Path);
        var (told, untold) = (PacketId.New(_now), PacketId.New(_now));
        notes.Write(told, _citizen with { Village = VillageCode.Parse("53.71.05.1002") }, _now, TimeSpan.Zero);
        notes.Write(untold, _citizen, _now, TimeSpan.Zero);

        Assert.Equal("53.71.05.1002", notes.Read(told).Village);
        Assert.Null(notes.Read(untold).Village);
    }

    [Theory]
    [InlineData(0.5, null)]
    [InlineData(1, 1L)]
    [InlineData(240.9, 240L)]
    [InlineData(4 * 3600, 4 * 3600L)]
    [InlineData(4 * 3600 + 1, null)]
    public void CaptureSeconds_ThatTheServerWouldRefuse_AreNotTold(double took, long? told) => Assert.Equal(told, OfferNote.SecondsOf(TimeSpan.FromSeconds(took)));

    /// <summary>A kiosk is updated while packets wait.</summary>
    [Fact]
    public void Note_OfAnOlderAgent_IsRead()
    {
        var packet = PacketId.New(_now);
        File.WriteAllText(_folder[packet.Value.ToString("N") + ".json"], """{"Nik":"5371041508900001","Name":"A citizen","CapturedAt":"2016-09-30T02:15:00+00:00"}""");

        Assert.Equal(new OfferNote("5371041508900001", "A citizen", _now), new OfferNotes(_folder.Path).Read(packet));
    }

    [Fact]
    public void Notes_WithoutAPacket_AreDeletedAtTheStart()
    {
        var notes = new OfferNotes(_folder.Path);
        var (kept, stray) = (PacketId.New(_now), PacketId.New(_now));
        notes.Write(kept, _citizen, _now, TimeSpan.Zero);
        notes.Write(stray, _citizen, _now, TimeSpan.Zero);
        File.WriteAllText(_folder["half-written.json.tmp"], "a name");

        notes.KeepOnly(new HashSet<PacketId> { kept });

        Assert.Single(Directory.EnumerateFiles(_folder.Path));
        Assert.Equal("A citizen", notes.Read(kept).Name);
    }
}
