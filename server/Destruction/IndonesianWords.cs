using KtpGrpc.Server.Cards;

namespace KtpGrpc.Server.Destruction;

/// <summary>What a record of destruction says in words, as offices write it.</summary>
internal static class IndonesianWords
{
    private static readonly string[] _small =
        ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"];

    private static readonly string[] _days = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];

    private static readonly string[] _months =
        ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];

    /// <summary>A number in words; 0 to below a thousand million.</summary>
    public static string Of(long number) => number switch
    {
        < 12 => _small[number],
        < 20 => _small[number - 10] + " belas",
        < 100 => _small[number / 10] + " puluh" + Rest(number % 10),
        < 200 => "seratus" + Rest(number - 100),
        < 1_000 => _small[number / 100] + " ratus" + Rest(number % 100),
        < 2_000 => "seribu" + Rest(number - 1_000),
        < 1_000_000 => Of(number / 1_000) + " ribu" + Rest(number % 1_000),
        _ => Of(number / 1_000_000) + " juta" + Rest(number % 1_000_000),
    };

    /// <summary>With dots between thousands.</summary>
    public static string Digits(long number) => number.ToString("N0").Replace(',', '.');

    public static string Day(DateTimeOffset day) => _days[(int)day.DayOfWeek];

    public static string Month(DateTimeOffset day) => _months[day.Month - 1];

    public static string Of(DestructionMethod method) => method switch
    {
        DestructionMethod.Fire => "dibakar sampai habis",
        DestructionMethod.MeltingMachine => "dilebur dengan mesin pelebur",
        _ => "dicacah dengan mesin pencacah",
    };

    public static string Of(InvalidReason reason) => reason switch
    {
        InvalidReason.Print => "Gagal cetak",
        InvalidReason.Encode => "Gagal encode",
        InvalidReason.Feed => "Macet dalam mesin cetak",
        InvalidReason.Cancelled => "Batal cetak atau tidak sesuai data",
        InvalidReason.Damaged => "Rusak",
        InvalidReason.Status => "Perubahan status",
        InvalidReason.Moved => "Pindah",
        _ => "Perubahan elemen data",
    };

    private static string Rest(long number) => number == 0 ? "" : " " + Of(number);
}
