using System.Text;
using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Health;

/// <summary>One family of the stations' page, and how a station's lines of it are written; under the station's lock.</summary>
internal abstract record StationsFamily(byte[] Name, MetricType Type, string Help)
{
    private static readonly (Signal Signal, string Name, string Help)[] _signals =
    [
        (Signal.CapturesOk, "captures_ok", "Captures that succeeded, since the device's start."),
        (Signal.CapturesFailed, "captures_failed", "Captures that failed, since the device's start."),
        (Signal.CapturesRetried, "captures_retried", "Captures that were tried again, since the device's start."),
        (Signal.PrintsOk, "prints_ok", "Cards printed, since the printer's start."),
        (Signal.PrintsFailed, "prints_failed", "Cards ruined in printing, since the printer's start."),
        (Signal.EncodesFailed, "encodes_failed", "Chips that could not be encoded, since the device's start."),
        (Signal.CardsPicked, "cards_picked", "Cards picked from the hopper, since the printer's start."),
        (Signal.Quality, "quality", "Mean quality of the last captures, 0 to 100."),
        (Signal.CaptureSeconds, "capture_seconds", "Mean duration of the last captures."),
        (Signal.TemperatureCelsius, "temperature_celsius", "Temperature."),
        (Signal.RibbonLeftRatio, "ribbon_left_ratio", "Share of the ribbon that is left, 0 to 1."),
        (Signal.HopperBlanks, "hopper_blanks", "Blanks in the hopper."),
        (Signal.DiskFreeRatio, "disk_free_ratio", "Share of the disk that is free, 0 to 1."),
        (Signal.BatteryRatio, "battery_ratio", "Share of the battery's charge, 0 to 1."),
        (Signal.RoundTripSeconds, "round_trip_seconds", "Round trip to the server."),
    ];

    public static IReadOnlyList<StationsFamily> All { get; } =
    [
        new OfStation("condition", MetricType.Gauge, "What is believed of the station: 1 unknown, 2 healthy, 3 degraded, 4 failing, 5 failed.",
            (station, _) => (double?)station.Condition?.State),
        new OfStation("silence_seconds", MetricType.Gauge, "Time since the station was heard.",
            (station, now) => station.Presence.State == Liveness.NeverHeard ? null : Math.Max(0, (now - station.Presence.LastHeard).TotalSeconds)),
        new OfStation("uplink_lost_total", MetricType.Counter, "Times that the uplink was lost, as the kit counts them.", (station, _) => UplinkLost(station)),
        new OfStation("waiting_packets", MetricType.Gauge, "Sealed packets that the station keeps until the server has them, as it said last.", (station, _) => station.Waiting?.Packets),
        new OfStation("waiting_bytes", MetricType.Gauge, "Bytes of these packets.", (station, _) => station.Waiting?.Bytes),
        new OfStation("waiting_oldest_seconds", MetricType.Gauge, "Time since the oldest of them was sealed; 0 where none waits.", (station, now) => station.Waiting?.Age(now).TotalSeconds),
        new OfDevice("condition", MetricType.Gauge, "What is believed of the device: 1 unknown, 2 healthy, 3 degraded, 4 failing, 5 failed.",
            device => (double)device.Condition.State),
        new OfDevice("surprise", MetricType.Gauge, "How rare the gravest evidence is among well devices: log10 of the odds against; 0 without evidence.",
            device => device.Condition.Evidence.Count == 0 ? 0 : device.Condition.Evidence[0].Surprise),
        .. _signals.Select(told => IsCounter(told.Signal)
            ? new OfDevice(told.Name + "_total", MetricType.Counter, told.Help, device => device.LastOf(told.Signal))
            : new OfDevice(told.Name, MetricType.Gauge, told.Help, device => device.LastOf(told.Signal))),
    ];

    /// <summary>Whether the page has a place for it.</summary>
    public static bool Shows(Signal signal) => signal is (>= Signal.CapturesOk and <= Signal.UplinkLost) or (>= Signal.Quality and <= Signal.RoundTripSeconds);

    public abstract void Write(PrometheusWriter writer, StationHealth station, DateTimeOffset now);

    private static bool IsCounter(Signal signal) => signal <= Signal.UplinkLost;

    private static double? UplinkLost(StationHealth station)
    {
        double? sum = null;
        for (var i = 0; i < station.Devices.Count; i++)
        {
            sum = station.Devices[i].LastOf(Signal.UplinkLost) is { } lost ? (sum ?? 0) + lost : sum;
        }

        return sum;
    }

    private sealed record OfStation(string Word, MetricType Type, string Help, Func<StationHealth, DateTimeOffset, double?> Value)
        : StationsFamily(Encoding.UTF8.GetBytes("ktp_health_station_" + Word), Type, Help)
    {
        public override void Write(PrometheusWriter writer, StationHealth station, DateTimeOffset now)
        {
            if (Value(station, now) is { } value)
            {
                writer.Sample(Name, station.Labels, value);
            }
        }
    }

    private sealed record OfDevice(string Word, MetricType Type, string Help, Func<DeviceHealth, double?> Value)
        : StationsFamily(Encoding.UTF8.GetBytes("ktp_health_device_" + Word), Type, Help)
    {
        public override void Write(PrometheusWriter writer, StationHealth station, DateTimeOffset now)
        {
            var (devices, count) = (station.Devices, station.Devices.Count);
            for (var i = 0; i < count; i++)
            {
                var device = devices[i];
                if (Value(device) is { } value)
                {
                    writer.Sample(Name, device.LabelsIn(station.Id), value);
                }
            }
        }
    }
}
