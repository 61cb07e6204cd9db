using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>A day and time by the clocks of the place; in the file <c>2017-03-30T08:00</c>.</summary>
[JsonConverter(typeof(LocalMomentConverter))]
internal readonly record struct LocalMoment(DateTime Value)
{
    public DateTimeOffset At(UtcOffset offset) => new DateTimeOffset(Value, offset.Value).ToUniversalTime();

    public override string ToString() => Value.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>Local time minus UTC, a whole number of minutes; in the file <c>+08:00</c>.</summary>
[JsonConverter(typeof(UtcOffsetConverter))]
internal readonly record struct UtcOffset(TimeSpan Value)
{
    public DateTime Local(DateTimeOffset moment) => moment.ToOffset(Value).DateTime;
}

internal sealed class LocalMomentConverter : JsonConverter<LocalMoment>
{
    public override LocalMoment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTime.TryParseExact(reader.GetString(), "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? new LocalMoment(moment)
            : throw new JsonException($"'{reader.GetString()}' is not a moment that exists: write 2017-03-30T08:00.");

    public override void Write(Utf8JsonWriter writer, LocalMoment value, JsonSerializerOptions options) => throw new NotSupportedException();
}

internal sealed class UtcOffsetConverter : JsonConverter<UtcOffset>
{
    public override UtcOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is [('+' or '-') and var sign, .. var rest]
            && TimeOnly.TryParseExact(rest, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time.Hour <= 14
            ? new UtcOffset(sign == '+' ? time.ToTimeSpan() : -time.ToTimeSpan())
            : throw new JsonException($"'{reader.GetString()}' is not an offset from UTC: write +08:00.");

    public override void Write(Utf8JsonWriter writer, UtcOffset value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Says of a date that it does not exist, where the built-in converter would speak of types.</summary>
internal sealed class ExistingDateConverter : JsonConverter<DateOnly>
{
    public override DateOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateOnly.TryParseExact(reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new JsonException($"'{reader.GetString()}' is not a date that exists: write 2017-03-30.");

    public override void Write(Utf8JsonWriter writer, DateOnly value, JsonSerializerOptions options) => throw new NotSupportedException();
}

internal sealed class TimeOfDayConverter : JsonConverter<TimeOnly>
{
    public override TimeOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeOnly.TryParseExact(reader.GetString(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new JsonException($"'{reader.GetString()}' is not a time of day: write 08:00.");

    public override void Write(Utf8JsonWriter writer, TimeOnly value, JsonSerializerOptions options) => throw new NotSupportedException();
}
