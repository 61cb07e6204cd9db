using System.Diagnostics.Metrics;
using Grpc.Core;

namespace KtpGrpc.Server.Rpc;

/// <summary>Calls and their durations, by method and status.</summary>
internal sealed class RpcInstruments
{
    private readonly Histogram<double> _seconds;

    public RpcInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("ktp.rpc");
        _seconds = meter.CreateHistogram<double>("ktp.rpc.duration", "s", "Duration of a call; a stream's is its life.");
    }

    public void CallEnded(string method, StatusCode status, TimeSpan duration) =>
        _seconds.Record(duration.TotalSeconds, new("method", method.TrimStart('/')), new("status", StatusName(status)));

    private static string StatusName(StatusCode status) => status.ToString();
}
