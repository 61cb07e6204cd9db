using System.Runtime.CompilerServices;
using Google.Protobuf.Collections;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>The counters of one sample by their signal, looked through once for all detectors; a signal of a later agent is not among them.</summary>
internal struct CounterTotals
{
    private const int Signals = (int)Signal.UplinkLost + 1;

    private Totals _totals;
    private uint _told;

    public static CounterTotals Of(RepeatedField<Counter> counters)
    {
        var totals = default(CounterTotals);
        for (var i = 0; i < counters.Count; i++)
        {
            var signal = (int)counters[i].Signal;
            if (signal is > 0 and < Signals)
            {
                totals._totals[signal] = counters[i].Total;
                totals._told |= 1u << signal;
            }
        }

        return totals;
    }

    /// <summary>Null for one that the sample does not have.</summary>
    public readonly ulong? Of(Signal signal) => (_told & (1u << (int)signal)) != 0 ? _totals[(int)signal] : null;

    [InlineArray(Signals)]
    private struct Totals
    {
        private ulong _first;
    }
}
