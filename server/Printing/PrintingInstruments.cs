using System.Diagnostics.Metrics;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Printing;

/// <summary>The queue by state, and what becomes of leases and attempts.</summary>
internal sealed class PrintingInstruments
{
    private readonly Counter<long> _leases;
    private readonly Counter<long> _returns;
    private readonly Counter<long> _starts;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _refused;
    private IReadOnlyDictionary<JobState, long> _jobs = new Dictionary<JobState, long>();

    public PrintingInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("ktp.printing");
        meter.CreateObservableGauge("ktp.printing.jobs", ObserveJobs, "{job}", "Jobs by state, as of the last look at the queue.");
        _leases = meter.CreateCounter<long>("ktp.printing.leases", "{lease}", "Jobs lent to stations.");
        _returns = meter.CreateCounter<long>("ktp.printing.returns", "{lease}", "Leases that ended before anything was fed, by cause.");
        _starts = meter.CreateCounter<long>("ktp.printing.starts", "{attempt}", "Attempts started.");
        _attempts = meter.CreateCounter<long>("ktp.printing.attempts", "{attempt}", "Attempts by what they were found to be; one that is decided anew counts again.");
        _refused = meter.CreateCounter<long>("ktp.printing.refused", "{call}", "Starts, reports and returns that were refused, by reason.");
        _leases.Add(0);
        _starts.Add(0);
        Array.ForEach(Enum.GetValues<ReturnCause>(), cause => Returned(cause, 0));
        Array.ForEach(["printed", "print_failed", "encode_failed", "feed_failed", "not_fed", "missing", "unknown"], outcome => Settled(outcome, 0));
        Array.ForEach(Enum.GetValues<Rejection>(), why => Rejected(why, 0));
    }

    public void JobsAre(IReadOnlyDictionary<JobState, long> jobs) => Volatile.Write(ref _jobs, jobs);

    public void Accepted(IFact fact)
    {
        switch (fact)
        {
            case JobLeased:
                _leases.Add(1);
                break;
            case JobReturned returned:
                Returned(returned.Cause, 1);
                break;
            case AttemptStarted:
                _starts.Add(1);
                break;
            case AttemptPrinted:
                Settled("printed");
                break;
            case AttemptFailed failed:
                Settled(failed.FailureClass.ToString().ToLowerInvariant() + "_failed");
                break;
            case AttemptNotFed:
                Settled("not_fed");
                break;
            case AttemptUnknown:
                Settled("unknown");
                break;
            case AttemptResolved { Finding: Finding.Printed }:
                Settled("printed");
                break;
            case AttemptResolved { Finding: Finding.NotFed }:
                Settled("not_fed");
                break;
            case AttemptResolved { Finding: Finding.NoCard }:
                Settled("missing");
                break;
            case AttemptResolved resolved:
                Settled(resolved.Finding.FailureClass()!.Value.ToString().ToLowerInvariant() + "_failed");
                break;
        }
    }

    public void Rejected(Rejection why) => Rejected(why, 1);

    private void Rejected(Rejection why, long calls) => _refused.Add(calls, new KeyValuePair<string, object?>("reason", why switch
    {
        Rejection.Stale => "stale",
        Rejection.NotYours => "not_yours",
        _ => "not_now",
    }));

    private void Returned(ReturnCause cause, long leases) =>
        _returns.Add(leases, new KeyValuePair<string, object?>("cause", cause.ToString().ToLowerInvariant()));

    private void Settled(string outcome, long attempts = 1) => _attempts.Add(attempts, new KeyValuePair<string, object?>("outcome", outcome));

    private IEnumerable<Measurement<long>> ObserveJobs() => Volatile.Read(ref _jobs)
        .Select(total => new Measurement<long>(total.Value, new KeyValuePair<string, object?>("state", LabelText.WordOf(total.Key))));
}
