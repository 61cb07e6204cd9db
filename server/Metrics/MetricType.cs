namespace KtpGrpc.Server.Metrics;

/// <summary>What a family of series is to Prometheus.</summary>
internal enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}
