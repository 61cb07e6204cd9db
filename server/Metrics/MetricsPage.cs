using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace KtpGrpc.Server.Metrics;

/// <summary>
/// Everything this server measures, as one page: the instruments of its own meters (<c>ktp.…</c>), and what Kestrel and
/// the runtime tell that is worth watching. It hears only the meters of its own factory, so that two servers in a
/// process do not mix.
/// </summary>
internal sealed partial class MetricsPage : IDisposable
{
    private const string OwnMeters = "ktp.";

    private static readonly FrozenSet<string> _borrowed = FrozenSet.Create(
        "kestrel.active_connections",
        "kestrel.queued_connections",
        "kestrel.rejected_connections",
        "kestrel.active_tls_handshakes",
        "kestrel.tls_handshake.duration",
        "dotnet.exceptions",
        "dotnet.gc.collections",
        "dotnet.gc.heap.total_allocated",
        "dotnet.gc.pause.time",
        "dotnet.monitor.lock_contentions",
        "dotnet.process.cpu.time",
        "dotnet.process.memory.working_set",
        "dotnet.thread_pool.queue.length");

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _factory;
    private readonly ILogger<MetricsPage> _logger;
    private readonly Lock _turn = new();
    private long _round;

    public MetricsPage(IMeterFactory factory, ILogger<MetricsPage> logger)
    {
        _factory = factory;
        _logger = logger;
        _listener.InstrumentPublished = Listen;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, labels, state) => Take(state, value, labels));
        _listener.SetMeasurementEventCallback<short>(static (_, value, labels, state) => Take(state, value, labels));
        _listener.SetMeasurementEventCallback<int>(static (_, value, labels, state) => Take(state, value, labels));
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, state) => Take(state, value, labels));
        _listener.SetMeasurementEventCallback<float>(static (_, value, labels, state) => Take(state, value, labels));
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, state) => Take(state, value, labels));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, labels, state) => Take(state, (double)value, labels));
        _listener.Start();
    }

    /// <summary>The names of all families, also of those that have no series yet.</summary>
    public IEnumerable<string> Names => _families.Keys;

    /// <summary>Reads the observed instruments and writes every family, by name.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        lock (_turn)
        {
            _round++;
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException fault)
            {
                // The others were read all the same, and are worth showing.
                LogUnread(_logger, fault);
            }

            var writer = new PrometheusWriter(output);
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                family.WriteTo(writer, _round);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Listen(Instrument instrument, MeterListener listener)
    {
        var own = ReferenceEquals(instrument.Meter.Scope, _factory);
        var ofProcess = instrument.Meter is { Scope: null, Name: "System.Runtime" };
        if (!(own && instrument.Meter.Name.StartsWith(OwnMeters, StringComparison.Ordinal)) && !((own || ofProcess) && _borrowed.Contains(instrument.Name)))
        {
            return;
        }

        var (type, take) = Reading.Of(instrument);
        var name = PrometheusName.Of(instrument.Name, instrument.Unit, type);
        var bounds = type == MetricType.Histogram ? HistogramBounds.Of(instrument) : [];
        var family = _families.GetOrAdd(name, _ => new MetricFamily(name, type, instrument.Description ?? instrument.Name, bounds));
        if (family.Type != type)
        {
            LogClash(_logger, name, family.Type, type);
            return;
        }

        listener.EnableMeasurementEvents(instrument, new Reading(this, family, take));
    }

    private static void Take(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var reading = (Reading)state!;
        reading.Take(reading.Family.Of(labels), value, reading.Page._round);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An observed instrument could not be read.")]
    private static partial void LogUnread(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Two instruments would both be {Name}, one a {First} and one a {Second}: the second is not shown.")]
    private static partial void LogClash(ILogger logger, string name, MetricType first, MetricType second);

    /// <summary>Where an instrument's measurements go, and what is done with one.</summary>
    private sealed record Reading(MetricsPage Page, MetricFamily Family, Action<MetricSeries, double, long> Take)
    {
        public static (MetricType Type, Action<MetricSeries, double, long> Take) Of(Instrument instrument)
        {
            var kind = instrument.GetType().GetGenericTypeDefinition();
            return kind == typeof(Counter<>) ? (MetricType.Counter, static (series, value, _) => series.Add(value))
                : kind == typeof(ObservableCounter<>) ? (MetricType.Counter, static (series, value, round) => series.Observe(value, round))
                : kind == typeof(Histogram<>) ? (MetricType.Histogram, static (series, value, _) => series.Count(value))
                : kind == typeof(UpDownCounter<>) ? (MetricType.Gauge, static (series, value, _) => series.Add(value))
                : kind == typeof(Gauge<>) ? (MetricType.Gauge, static (series, value, _) => series.Set(value))
                : (MetricType.Gauge, static (series, value, round) => series.Observe(value, round));
        }
    }
}
