using KtpGrpc.Server.Metrics;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("ktp.rpc.duration", "s", nameof(MetricType.Histogram), "ktp_rpc_duration_seconds")]
    [InlineData("ktp.rpc.calls", "{call}", nameof(MetricType.Counter), "ktp_rpc_calls_total")]
    [InlineData("ktp.uploads.received", "By", nameof(MetricType.Counter), "ktp_uploads_received_bytes_total")]
    [InlineData("ktp.uploads.received_bytes", "By", nameof(MetricType.Counter), "ktp_uploads_received_bytes_total")]
    [InlineData("ktp.uploads.total", null, nameof(MetricType.Counter), "ktp_uploads_total")]
    [InlineData("ktp.health.share", "1", nameof(MetricType.Gauge), "ktp_health_share_ratio")]
    [InlineData("ktp.stations.thread.count", "{thread}", nameof(MetricType.Gauge), "ktp_stations_thread")]
    [InlineData("ktp.upload.rate", "By/s", nameof(MetricType.Gauge), "ktp_upload_rate_bytes_per_seconds")]
    [InlineData("9 lives--left", "", nameof(MetricType.Gauge), "_9_lives_left")]
    public void Name_OfAnInstrument_FollowsTheRules(string instrument, string? unit, string type, string expected) =>
        Assert.Equal(expected, PrometheusName.Of(instrument, unit, Enum.Parse<MetricType>(type)));
}
