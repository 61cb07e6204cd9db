using System.Globalization;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Cards;

/// <summary>Why no card can be made for a citizen now; numbered like the wire's enum.</summary>
internal enum SuketCause
{
    NoBlanks = 1,
    NoPrinter = 2,
    RecordWaits = 3,
}

/// <summary>A letter that stands for a card for six months, or until the citizen has the card.</summary>
internal sealed record Suket(string Number, RegionCode Office, SuketCause Cause, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil, DateTimeOffset? ReplacedAt)
{
    private const int MonthsValid = 6;

    public bool IsValid(DateTimeOffset now) => ReplacedAt is null && now < ValidUntil;

    public static DateTimeOffset ValidFrom(DateTimeOffset issuedAt) => issuedAt.AddMonths(MonthsValid);

    /// <summary>Numbers run through a year of an office, by its own clock.</summary>
    public static string NumberOf(RegionCode office, DateTimeOffset now, long running) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix(office, now)}{running:D6}");

    public static string Prefix(RegionCode office, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{office}/{OfficeTime.At(office, now):yyyy}/");
}
