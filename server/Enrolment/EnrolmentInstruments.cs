using System.Diagnostics.Metrics;
using Grpc.Core;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Enrolment;

/// <summary>How much arrives, how much is on its way, and what is refused.</summary>
internal sealed class EnrolmentInstruments
{
    private static readonly string[] _reasons =
    [
        "caller_left", "disk_full", "duplicate", "fault", "hash_mismatch", "invalid", "not_offered", "other_packet", "other_station", "out_of_order",
        "stopping", "taken_over", "too_many", "too_slow", "wrong_endpoint",
    ];

    private readonly Counter<long> _packets;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refusals;

    public EnrolmentInstruments(IMeterFactory meters, UploadSlots slots)
    {
        var meter = meters.Create("ktp.enrolment");
        _packets = meter.CreateCounter<long>("ktp.enrolment.packets", "{packet}", "Packets received, each once.");
        _bytes = meter.CreateCounter<long>("ktp.enrolment.bytes", "By", "Bytes of the packets received.");
        _refusals = meter.CreateCounter<long>("ktp.enrolment.refusals", "{refusal}", "Offers and uploads that were not taken, by reason.");
        meter.CreateObservableUpDownCounter("ktp.enrolment.uploads", () => slots.Taken, "{upload}", "Uploads in flight.");
        _packets.Add(0);
        _bytes.Add(0);
        foreach (var reason in _reasons)
        {
            _refusals.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    public void Received(long bytes)
    {
        _packets.Add(1);
        _bytes.Add(bytes);
    }

    /// <summary>A packet was offered that is here already.</summary>
    public void Duplicate() => Refused("duplicate");

    public void Refused(Exception fault) => Refused(fault switch
    {
        _ when StorageFull.Is(fault) => "disk_full",
        RpcException refusal => ReasonOf(refusal.StatusCode),
        OperationCanceledException => "caller_left",
        _ => "fault",
    });

    private void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Each of the contract's refusals has a status of its own.</summary>
    private static string ReasonOf(StatusCode status) => status switch
    {
        StatusCode.InvalidArgument => "invalid",
        StatusCode.AlreadyExists => "other_packet",
        StatusCode.NotFound => "not_offered",
        StatusCode.PermissionDenied => "other_station",
        StatusCode.OutOfRange => "out_of_order",
        StatusCode.DataLoss => "hash_mismatch",
        StatusCode.ResourceExhausted => "too_many",
        StatusCode.DeadlineExceeded => "too_slow",
        StatusCode.Aborted => "taken_over",
        StatusCode.Unavailable => "stopping",
        StatusCode.FailedPrecondition => "wrong_endpoint",
        StatusCode.Cancelled => "caller_left",
        _ => "fault",
    };
}
