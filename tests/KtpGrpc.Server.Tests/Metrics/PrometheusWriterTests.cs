using System.Buffers;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Metrics;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

public sealed class PrometheusWriterTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-3, "-3")]
    [InlineData(0.25, "0.25")]
    [InlineData(9007199254740992, "9007199254740992")]
    [InlineData(0.001, "0.001")]
    [InlineData(-12.05, "-12.05")]
    [InlineData(0.1234, "0.1234")]
    [InlineData(1e300, "1E+300")]
    [InlineData(double.Epsilon, "5E-324")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Sample_OfANumber_IsWrittenAsPrometheusReadsIt(double value, string expected)
    {
        var page = new ArrayBufferWriter<byte>();

        new PrometheusWriter(page).Sample("x"u8, [], value);

        Assert.Equal($"x {expected}\n", Encoding.UTF8.GetString(page.WrittenSpan));
    }

    [Fact]
    public void Number_OfAnyKind_ReadsBackAsTheSame() => Property.Holds(
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<double>(),
            ArbMap.Default.GeneratorFor<int>().Select(number => number / 1000.0),
            ArbMap.Default.GeneratorFor<long>().Select(number => number / 1000.0)),
        value =>
        {
            Span<byte> text = stackalloc byte[32];
            var written = Encoding.UTF8.GetString(text[..PrometheusWriter.Number(value, text)]);

            var read = written switch { "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => double.Parse(written, CultureInfo.InvariantCulture) };
            Assert.Equal(value, read);
            Assert.True(written.Length <= 24);
        });

    [Fact]
    public void Family_WithSamples_IsWrittenAsTheFormatSays()
    {
        var page = new ArrayBufferWriter<byte>();
        var writer = new PrometheusWriter(page);

        writer.Family("ktp_blanks"u8, MetricType.Gauge, "Blanks, by \\ place.\nNo more.");
        writer.Sample("ktp_blanks"u8, LabelText.Of(new KeyValuePair<string, object?>("place", "a \"b\" \\ c\nd")), 7);
        writer.Sample("ktp_blanks"u8, "_bucket"u8, "a=\"1\""u8, "le=\"2\""u8, 8);
        writer.Sample("ktp_blanks"u8, "_bucket"u8, [], "le=\"2\""u8, 9);

        Assert.Equal(
            """
            # HELP ktp_blanks Blanks, by \\ place.\nNo more.
            # TYPE ktp_blanks gauge
            ktp_blanks{place="a \"b\" \\ c\nd"} 7
            ktp_blanks_bucket{a="1",le="2"} 8
            ktp_blanks_bucket{le="2"} 9

            """, Encoding.UTF8.GetString(page.WrittenSpan));
    }

    [Fact]
    public void Samples_OfTheWholeCountry_AllocateNothingOnceTheBufferIsThere()
    {
        const int series = 220_000;
        var page = new ArrayBufferWriter<byte>(64 * 1024);
        var labels = LabelText.Of(new("region", "53.71.04"), new("station", "53.71.04-1"));
        var writer = new PrometheusWriter(page);
        writer.Sample("ktp_station_up"u8, labels, 0.5);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < series; i++)
        {
            page.ResetWrittenCount();
            writer.Sample("ktp_station_captures"u8, "_total"u8, labels, "device=\"scanner\""u8, i + 0.5);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
