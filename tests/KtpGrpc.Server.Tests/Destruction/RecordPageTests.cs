using System.Text;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Destruction;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Destruction;

public sealed class RecordPageTests
{
    private static readonly RecordFile.Record _record = new(
        RecordFile.Form, "53.71/2018/0007", "0167cf1e0c5e7b0c8f4f2b6a54c3d2e1", "53.71", "Kota Kupang", DestructionMethod.Fire, "halaman Kantor Dinas Dukcapil Kota Kupang",
        Furnace.Opening, Furnace.Opening.AddHours(1), Furnace.Opening.AddHours(2), 9_992,
        [
            new(InvalidReason.Print, 3_114), new(InvalidReason.Encode, 1_207), new(InvalidReason.Damaged, 2_380), new(InvalidReason.Status, 1_903),
            new(InvalidReason.Moved, 811), new(InvalidReason.Corrected, 577),
        ],
        [
            new("custodian-1", SignatoryRole.Custodian, "Dinas Kependudukan dan Pencatatan Sipil Kota Kupang", 9_992, Furnace.Opening.AddMinutes(70)),
            new("satpol-pp", SignatoryRole.Witness, "Satuan Polisi Pamong Praja Kota Kupang", 9_992, Furnace.Opening.AddMinutes(75)),
            new("inspectorate", SignatoryRole.Witness, "Inspektorat Daerah Kota Kupang", 9_992, Furnace.Opening.AddMinutes(80)),
        ],
        new string('a', 64));

    private static readonly byte[] _sha256 = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];

    [Fact]
    public async Task Page_OfARealRecord_IsOneSheetWhoseCodeTellsItsHash()
    {
        var printed = await PrintedPage.PrintAsync(RecordPage.Render(_record, _sha256));

        Assert.Equal((1, "A4"), (printed.Pages, printed.Paper));
        Assert.Equal($"ktp-destruction-v1 53.71/2018/0007 {Convert.ToHexStringLower(_sha256)}", printed.Code);
        foreach (var words in (string[])
        [
            "BERITA ACARA PEMUSNAHAN KTP-EL", "Nomor: 53.71/2018/0007", "Jumat, tanggal dua puluh satu bulan Desember tahun dua ribu delapan belas", "13.00 WITA",
            "sembilan ribu sembilan ratus sembilan puluh dua", "470.13/11176/SJ", "Gagal cetak", "3.114", "Gagal encode", "Perubahan elemen data", "9.992", "Saksi 2", "satpol-pp",
        ])
        {
            Assert.Contains(words, printed.Text, StringComparison.OrdinalIgnoreCase);
        }

        // No order is quoted before it was given.
        Assert.DoesNotContain("104 Tahun 2019", printed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithAllThatFits_IsStillOneSheet()
    {
        var wordy = string.Join(' ', Enumerable.Repeat("Perwakilan", 9));
        var page = RecordPage.Render(_record with
        {
            SealedAt = new DateTimeOffset(2023, 1, 31, 12, 0, 0, TimeSpan.Zero),
            OfficeName = "Kabupaten Administrasi Kepulauan Seribu",
            Method = DestructionMethod.MeltingMachine,
            Place = string.Concat(Enumerable.Repeat("Jalan El Tari Nomor 1 ", 9)),
            Cards = 99_999,
            Totals = [.. Enum.GetValues<InvalidReason>().Select(reason => new ReasonTotal(reason, 12_499))],
            Signatories = [.. Enumerable.Range(0, Signing.MostSignatories).Select(i => new RecordFile.Signed(
                $"operator.nomor.{i}", i == 0 ? SignatoryRole.Custodian : SignatoryRole.Witness, wordy, 99_999, Furnace.Opening))],
        }, _sha256);

        var printed = await PrintedPage.PrintAsync(page);

        Assert.Equal((1, "A4"), (printed.Pages, printed.Paper));
        Assert.Contains("104 Tahun 2019", printed.Text, StringComparison.Ordinal);
        Assert.EndsWith(Convert.ToHexStringLower(_sha256), printed.Code, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_WithWhatPeopleWrote_EscapesItAndRefersToNothing()
    {
        const string evil = "<script src=\"https://example.org/x.js\">alert('x')</script>&\"'";
        var page = RecordPage.Render(_record with
        {
            OfficeName = evil,
            Place = evil,
            Signatories = [.. _record.Signatories.Select(person => person with { Operator = evil, OnBehalfOf = evil })],
        }, _sha256);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script src=&quot;https://example.org/x.js&quot;&gt;", page, StringComparison.Ordinal);
        foreach (var reference in (string[])["src=\"", "href", "url(", "@import", "<link", "<img", "<iframe"])
        {
            Assert.DoesNotContain(reference, page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Page_OfASealedDestruction_HasTheHashThatTheServerTells()
    {
        await using var furnace = await Furnace.LightAsync();
        var burnt = await furnace.BurnAsync(2);

        var page = Encoding.UTF8.GetString(await Furnace.ExportAsync(furnace.Server.Admin, burnt.DestructionId, Ktp.Destruction.V1.RecordForm.Page));

        var hash = Convert.ToHexStringLower(burnt.RecordSha256.Span);
        Assert.Contains($"{hash[..32]}<br>{hash[32..]}", page, StringComparison.Ordinal);
        Assert.Contains("Region 53.71", page, StringComparison.Ordinal);
    }
}
