using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class OfferNotesTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2016, 9, 30, 2, 15, 0, TimeSpan.Zero);
    private static readonly Citizen _citizen = new(Nik.Parse("5371041508900001"), "A citizen");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Notes_WithoutAPacket_AreDeletedAtTheStart()
    {
        var notes = new OfferNotes(_folder.Path);
        var (kept, stray) = (PacketId.New(_now), PacketId.New(_now));
        notes.Write(kept, _citizen, _now);
        notes.Write(stray, _citizen, _now);
        File.WriteAllText(_folder["half-written.json.tmp"], "a name");

        notes.KeepOnly(new HashSet<PacketId> { kept });

        Assert.Single(Directory.EnumerateFiles(_folder.Path));
        Assert.Equal("A citizen", notes.Read(kept).Name);
    }
}
