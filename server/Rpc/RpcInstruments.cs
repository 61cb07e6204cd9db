using System.Diagnostics.Metrics;
using Grpc.Core;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Calls by method and status, and their durations by method alone: a bucket for each status as well would be thousands
/// of series.
/// </summary>
internal sealed class RpcInstruments
{
    /// <summary>Few, since each is a series for every method.</summary>
    private static readonly InstrumentAdvice<double> _buckets = new() { HistogramBucketBoundaries = [0.01, 0.1, 1, 10] };

    private readonly Counter<long> _calls;
    private readonly Histogram<double> _seconds;

    public RpcInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("ktp.rpc");
        _calls = meter.CreateCounter<long>("ktp.rpc.calls", "{call}", "Calls that ended, by method and gRPC status.");
        _seconds = meter.CreateHistogram("ktp.rpc.duration", "s", "Duration of a call; a stream's is its life.", advice: _buckets);
    }

    public void CallEnded(string method, StatusCode status, TimeSpan duration)
    {
        var label = new KeyValuePair<string, object?>("method", method.TrimStart('/'));
        _calls.Add(1, label, new("status", status.ToString()));
        _seconds.Record(duration.TotalSeconds, label);
    }
}
