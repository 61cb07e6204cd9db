using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using KtpGrpc.Server.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

public sealed class MetricsPageTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;
    private readonly MetricsPage _page;

    public MetricsPageTests()
    {
        _meter = _services.GetRequiredService<IMeterFactory>().Create("ktp.test");
        _page = new MetricsPage(_services.GetRequiredService<IMeterFactory>(), NullLogger<MetricsPage>.Instance);
    }

    [Fact]
    public void Counter_FromManyThreads_LosesNothing()
    {
        var counter = _meter.CreateCounter<int>("ktp.test.steps", null, "Steps.");

        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 1000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("even", thread % 2 == 0));
            }
        });

        Assert.Equal(["# HELP ktp_test_steps_total Steps.", "# TYPE ktp_test_steps_total counter"], Lines("ktp_test_steps")[..2]);
        Assert.Equal(["ktp_test_steps_total{even=\"false\"} 4000", "ktp_test_steps_total{even=\"true\"} 4000"], Samples("ktp_test_steps"));
    }

    [Fact]
    public void Counter_OnceKnown_CountsWithoutAllocating()
    {
        var counter = _meter.CreateCounter<long>("ktp.test.steps");
        counter.Add(1, new("region", "53.71"), new("status", "OK"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 10_000; i++)
        {
            counter.Add(1, new("region", "53.71"), new("status", "OK"));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Histogram_OfSeconds_CountsEachValueInItsBucketAndAllAbove()
    {
        var histogram = _meter.CreateHistogram("ktp.test.wait", "s", "Waits.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });

        foreach (var value in (double[])[0.05, 0.1, 0.5, 7])
        {
            histogram.Record(value);
        }

        Assert.Equal(
            [
                "# HELP ktp_test_wait_seconds Waits.", "# TYPE ktp_test_wait_seconds histogram",
                "ktp_test_wait_seconds_bucket{le=\"0.1\"} 2", "ktp_test_wait_seconds_bucket{le=\"1\"} 3", "ktp_test_wait_seconds_bucket{le=\"+Inf\"} 4",
                "ktp_test_wait_seconds_sum 7.65", "ktp_test_wait_seconds_count 4",
            ],
            Lines("ktp_test_wait"));
    }

    [Fact]
    public void Gauge_GoingUpAndDown_ShowsWhereItStands()
    {
        var open = _meter.CreateUpDownCounter<long>("ktp.test.open");
        var level = _meter.CreateGauge<double>("ktp.test.level");
        open.Add(5);
        open.Add(-2);
        level.Record(9);
        level.Record(4.5);

        Assert.Equal(["ktp_test_open 3"], Samples("ktp_test_open"));
        Assert.Equal(["ktp_test_level 4.5"], Samples("ktp_test_level"));
    }

    [Fact]
    public void ObservedSeries_NoLongerTold_LeavesThePage()
    {
        var regions = new List<string> { "53", "54" };
        _meter.CreateObservableGauge("ktp.test.stations", () => regions.Select(region => new Measurement<int>(1, new KeyValuePair<string, object?>("region", region))));

        var before = Samples("ktp_test_stations");
        regions.Remove("53");
        var after = Samples("ktp_test_stations");
        regions.Clear();

        Assert.Equal(["ktp_test_stations{region=\"53\"} 1", "ktp_test_stations{region=\"54\"} 1"], before);
        Assert.Equal(["ktp_test_stations{region=\"54\"} 1"], after);
        Assert.Empty(Lines("ktp_test_stations"));
    }

    [Fact]
    public void ObservedInstrument_ThatThrows_HidesNoOther()
    {
        _meter.CreateObservableGauge("ktp.test.broken", int () => throw new InvalidOperationException("broken"));
        _meter.CreateObservableGauge("ktp.test.sound", () => 1);

        Assert.Equal(["ktp_test_sound 1"], Samples("ktp_test_sound"));
        Assert.Empty(Samples("ktp_test_broken"));
    }

    [Fact]
    public void Label_GoneWild_SharesOneSeriesBeyondTheLimit()
    {
        var counter = _meter.CreateCounter<long>("ktp.test.wild");

        for (var i = 0; i < 3 * MetricFamily.MostSeries; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        var samples = Samples("ktp_test_wild");
        Assert.Equal(MetricFamily.MostSeries + 1, samples.Count);
        Assert.Contains($"ktp_test_wild_total{{otel_metric_overflow=\"true\"}} {2 * MetricFamily.MostSeries}", samples);
    }

    [Fact]
    public void Meter_OfAnotherServerOrAnotherName_IsNotHeard()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create("ktp.test").CreateCounter<long>("ktp.test.other").Add(1);
        _services.GetRequiredService<IMeterFactory>().Create("elsewhere").CreateCounter<long>("elsewhere.steps").Add(1);
        using var unscoped = new Meter("ktp.unscoped");
        unscoped.CreateCounter<long>("ktp.unscoped.steps").Add(1);

        Assert.Empty(Samples("ktp_"));
        Assert.Empty(Samples("elsewhere"));
        Assert.NotEmpty(Samples("dotnet_gc_collections_total"));
    }

    public void Dispose()
    {
        _page.Dispose();
        _services.Dispose();
    }

    private List<string> Lines(string prefix)
    {
        var page = new ArrayBufferWriter<byte>();
        _page.WriteTo(page);
        return [.. Encoding.UTF8.GetString(page.WrittenSpan).Split('\n').Where(line => line.Replace("# HELP ", "").Replace("# TYPE ", "").StartsWith(prefix, StringComparison.Ordinal)).OrderBy(line => line[0] != '#')];
    }

    private List<string> Samples(string prefix) => [.. Lines(prefix).Where(line => line[0] != '#').Order(StringComparer.Ordinal)];
}
