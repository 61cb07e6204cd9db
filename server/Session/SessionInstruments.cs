using System.Diagnostics.Metrics;

namespace KtpGrpc.Server.Session;

/// <summary>Sessions that are open, were opened, and messages that were refused.</summary>
internal sealed class SessionInstruments
{
    private readonly UpDownCounter<long> _open;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _refused;

    public SessionInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("ktp.session");
        _open = meter.CreateUpDownCounter<long>("ktp.session.open", "{session}", "Sessions that are open now.");
        _opened = meter.CreateCounter<long>("ktp.session.opened", "{session}", "Sessions that were opened.");
        _refused = meter.CreateCounter<long>("ktp.session.messages.refused", "{message}", "Messages that did not hold and changed nothing.");
        _open.Add(0);
        _opened.Add(0);
        _refused.Add(0);
    }

    public void Opened()
    {
        _open.Add(1);
        _opened.Add(1);
    }

    public void Closed() => _open.Add(-1);

    public void Refused() => _refused.Add(1);
}
