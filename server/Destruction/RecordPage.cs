using System.Net;
using System.Text;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using QRCoder;

namespace KtpGrpc.Server.Destruction;

/// <summary>
/// The record as one page of A4 in Indonesian, to print and sign by hand, or to save as PDF: nothing in it refers to anything
/// outside, and everything people wrote is escaped. Made from the record's line alone, so it never differs from the file.
/// </summary>
internal static class RecordPage
{
    /// <summary>What orders it, from the day on that each is in force.</summary>
    private static readonly (DateOnly From, string Title)[] _orders =
    [
        (new DateOnly(2018, 12, 13), "Surat Edaran Menteri Dalam Negeri Nomor 470.13/11176/SJ tanggal 13 Desember 2018"),
        (new DateOnly(2020, 1, 1), "Peraturan Menteri Dalam Negeri Nomor 104 Tahun 2019"),
    ];

    public static string Render(RecordFile.Record record, byte[] sha256)
    {
        var office = RegionCode.Trusted(record.Office);
        var at = OfficeTime.At(office, record.SealedAt);
        var hash = Convert.ToHexStringLower(sha256);
        var orders = _orders.Where(order => DateOnly.FromDateTime(at.DateTime) >= order.From).Select(order => order.Title).ToList();
        return $$"""
            <!DOCTYPE html>
            <html lang="id">
            <head>
            <meta charset="utf-8">
            <title>Berita Acara Pemusnahan KTP-el {{Safe(record.Number)}}</title>
            <style>
            {{Style}}
            </style>
            </head>
            <body{{(record.Signatories.Count > 3 ? " class=\"many\"" : "")}}>
            <header>
            <p class="office">{{Safe(record.OfficeName)}}</p>
            <p>Dinas Kependudukan dan Pencatatan Sipil &middot; kode wilayah {{Safe(record.Office)}}</p>
            </header>
            <h1>BERITA ACARA PEMUSNAHAN KTP-el</h1>
            <p class="number">Nomor: {{Safe(record.Number)}}</p>
            <p>Pada hari ini, {{IndonesianWords.Day(at)}}, tanggal {{IndonesianWords.Of(at.Day)}} bulan {{IndonesianWords.Month(at)}} tahun {{IndonesianWords.Of(at.Year)}}
            ({{at:dd-MM-yyyy}}), pukul {{at:HH.mm}} {{OfficeTime.Zone(office)}}, bertempat di {{Safe(record.Place)}}, telah dimusnahkan
            <strong>{{IndonesianWords.Digits(record.Cards)}} ({{IndonesianWords.Of(record.Cards)}}) keping KTP-el yang tidak berlaku</strong>
            dengan cara {{IndonesianWords.Of(record.Method)}}{{(orders.Count == 0 ? "" : ", berdasarkan " + string.Join(" dan ", orders))}}, dengan rincian sebagai berikut:</p>
            <table>
            <thead><tr><th class="no">No.</th><th>Alasan</th><th class="count">Jumlah (keping)</th></tr></thead>
            <tbody>
            {{Rows(record)}}
            </tbody>
            <tfoot><tr><td></td><td>Jumlah seluruhnya</td><td class="count">{{IndonesianWords.Digits(record.Cards)}}</td></tr></tfoot>
            </table>
            <p>Setiap keping tercatat dengan nomor serinya dalam daftar pemusnahan, yang menjadi bagian tidak terpisahkan dari berita acara ini.
            Para penanda tangan menyaksikan pemusnahan dan masing-masing telah menghitung jumlah keping tersebut.
            Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.</p>
            <section class="people">
            {{People(record, office)}}
            </section>
            <footer>
            {{Code($"{RecordFile.Form} {record.Number} {hash}")}}
            <div>
            <p>Sidik jari digital berita acara (SHA-256):<br><code>{{Halves(hash)}}</code></p>
            <p>Sidik jari digital daftar keping (SHA-256):<br><code>{{Halves(Safe(record.ListSha256))}}</code></p>
            <p>Berkas aslinya ditandatangani secara elektronik dan tersimpan dalam jurnal. Keasliannya dapat diperiksa tanpa jaringan dengan
            <code>ktpctl destruction verify</code>.</p>
            </div>
            </footer>
            </body>
            </html>

            """;
    }

    private const string Style = """
        @page { size: A4; margin: 16mm 20mm 14mm 20mm; }
        * { box-sizing: border-box; }
        body { font: 10.5pt/1.4 "Liberation Serif", "Times New Roman", Times, serif; color: #000; margin: 0 auto; max-width: 170mm; }
        p { margin: 0 0 2.5mm; text-align: justify; overflow-wrap: anywhere; }
        header { text-align: center; border-bottom: 1.2mm double #000; padding-bottom: 1.5mm; margin-bottom: 5mm; }
        header p { text-align: center; margin: 0; }
        .office { font-size: 14pt; font-weight: bold; text-transform: uppercase; }
        h1 { font-size: 13.5pt; text-align: center; margin: 0; letter-spacing: .02em; }
        .number { text-align: center; margin-bottom: 4mm; }
        table { width: 100%; border-collapse: collapse; margin: 0 0 3mm; }
        th, td { border: .25mm solid #000; padding: .7mm 2mm; text-align: left; font-weight: normal; }
        th { text-align: center; font-weight: bold; background: #eee; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        tfoot td { font-weight: bold; }
        .no { width: 11mm; text-align: center; }
        .count { width: 36mm; text-align: right; font-variant-numeric: tabular-nums; }
        th.count { text-align: center; }
        .people { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2mm 5mm; margin-top: 3mm; }
        .person { break-inside: avoid; text-align: center; font-size: 9pt; line-height: 1.25; overflow-wrap: anywhere; display: flex; flex-direction: column; }
        .person p { text-align: center; margin: 0; }
        .role { font-weight: bold; }
        .hand { flex: 1; min-height: 20mm; border-bottom: .25mm solid #000; margin: 0 3mm .6mm; }
        .when { color: #333; font-size: 7.5pt; }
        footer { display: flex; gap: 5mm; align-items: center; border-top: .25mm solid #000; margin-top: 4mm; padding-top: 2.5mm; font-size: 8pt; line-height: 1.3; break-inside: avoid; }
        footer p { margin: 0 0 1mm; text-align: left; }
        footer svg { width: 31mm; height: 31mm; flex: none; }
        code { font-family: "Liberation Mono", "Courier New", monospace; font-size: 7.5pt; overflow-wrap: anywhere; }
        .many { font-size: 9.5pt; line-height: 1.3; }
        .many p { margin-bottom: 2mm; }
        .many header { margin-bottom: 3mm; }
        .many th, .many td { padding: .3mm 2mm; }
        .many .people { grid-template-columns: repeat(4, 1fr); gap: 1.5mm 3mm; margin-top: 1mm; }
        .many .person { font-size: 8pt; line-height: 1.15; }
        .many .person p { margin: 0; }
        .many .hand { min-height: 12mm; margin: 0 1mm .6mm; }
        .many .when { font-size: 6.5pt; }
        .many footer { margin-top: 2mm; padding-top: 1.5mm; font-size: 7.5pt; }
        @media screen { body { padding: 16mm 0; } }
        """;

    private static string Rows(RecordFile.Record record) => string.Join('\n', record.Totals.Select((total, i) =>
        $"""<tr><td class="no">{i + 1}.</td><td>{IndonesianWords.Of(total.Reason)}</td><td class="count">{IndonesianWords.Digits(total.Cards)}</td></tr>"""));

    private static string People(RecordFile.Record record, RegionCode office)
    {
        var people = new StringBuilder();
        var witness = 0;
        foreach (var person in record.Signatories.OrderBy(person => person.Role))
        {
            var at = OfficeTime.At(office, person.SignedAt);
            people.Append($"""
                <div class="person">
                <p class="role">{(person.Role == SignatoryRole.Custodian ? "Penanggung jawab" : $"Saksi {++witness}")}</p>
                <p>{Safe(person.OnBehalfOf)}</p>
                <div class="hand"></div>
                <p>{Safe(person.Operator)}</p>
                <p class="when">ttd. elektronik {at:dd-MM-yyyy HH.mm} {OfficeTime.Zone(office)}<br>menghitung {IndonesianWords.Digits(person.Counted)} keping</p>
                </div>

                """);
        }

        return people.ToString().TrimEnd();
    }

    private static string Code(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        return new SvgQRCode(code).GetGraphic(1, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }

    private static string Halves(string hash) => hash.Length == 64 ? hash[..32] + "<br>" + hash[32..] : hash;

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
