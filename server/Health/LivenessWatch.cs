using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Looks, every ten seconds of domain time, for stations that ought to have spoken. A server that slept itself blames nobody.
/// </summary>
internal sealed class LivenessWatch(HealthMemory memory, CountryWatch countryWatch, OfficeWatch officeWatch, StationDirectory stations, DomainClock clock)
{
    /// <summary>An uplink whose stations beat every five seconds is missed after 46 s, and told a look later.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>A timer that comes this late was itself away.</summary>
    private static readonly TimeSpan _stalled = TimeSpan.FromMinutes(3);

    /// <summary>Who looks more rarely than this cannot judge by beats of seconds: what he missed may lie in his own queues.</summary>
    private static readonly TimeSpan _deaf = 2 * Period;

    /// <summary>The whole country is read this often while half of it is quiet: holidays are told in hours.</summary>
    private static readonly TimeSpan _countryPeriod = TimeSpan.FromMinutes(1);

    private (DateTimeOffset At, CountryVerdict Verdict)? _country;
    private DateTimeOffset? _lastRun;
    private DateTimeOffset _listening = DateTimeOffset.MinValue;

    public async Task RunAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var stalled = !clock.IsScenario && now - _lastRun > _stalled;
        _listening = now - _lastRun <= _deaf ? _listening : now;
        _lastRun = now;
        var looks = memory.Offices.Select(office => LookAt(office, stalled, now)).ToList();
        if (NationalSilence.IsHalf(looks.Sum(look => look.Doubted), looks.Sum(look => look.Beating), looks.Count(look => look.Doubted > 0), looks.Count(look => look.Beating > 0)))
        {
            // Half of those that it hears at once: it is this server that hears nothing.
            _listening = now;
        }

        List<Exception> faults = [];
        var country = CountryVerdict.Heard;
        try
        {
            // It is looked at whole only where so many of this server's stations are quiet that it matters.
            var matters = memory.Country.Silence is not null || NationalSilence.MayBe(looks.Sum(look => look.Quiet), looks.Sum(look => look.Living));
            country = matters ? await JudgeCountryAsync(now, cancellation) : CountryVerdict.Heard;
            _country = matters ? _country : null;
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            faults.Add(new InvalidOperationException("The country was not judged.", fault));
        }

        foreach (var office in looks.Where(look => look.IsDue || (look.IsMine && country.Silence is not null)).Select(look => look.Office))
        {
            try
            {
                await officeWatch.JudgeAsync(office, [.. office.Stations.Where(IsActive)], country, _listening, now, cancellation);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested)
            {
                faults.Add(new InvalidOperationException($"The stations of {office.Region} were not judged.", fault));
            }
        }

        if (faults.Count > 0)
        {
            throw new AggregateException(faults);
        }
    }

    private async Task<CountryVerdict> JudgeCountryAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (_country is not { } last || now - last.At >= _countryPeriod)
        {
            _country = last = (now, await countryWatch.JudgeAsync([.. memory.Stations.Where(IsActive)], now, cancellation));
        }

        // Another server may have told meanwhile.
        return last.Verdict with { Silence = memory.Country.Silence };
    }

    private bool IsActive(StationHealth station) => stations.Find(station.Id) is null or { Standing: StationStanding.Active };

    /// <summary>One pass over an office's stations; where all of them were heard just now it asks for no more than that.</summary>
    private OfficeLook LookAt(OfficeHealth office, bool stalled, DateTimeOffset now)
    {
        var look = new OfficeLook(office);
        foreach (var station in office.Stations)
        {
            lock (station.Lock)
            {
                var isActive = IsActive(station);
                if (stalled || !isActive)
                {
                    // Who is shut out cannot be heard, and is not blamed for it when it is let in again.
                    station.Presence.RestartClock(now);
                }

                if (isActive && station.IsMine)
                {
                    look.Count(station, _listening, now);
                }
            }
        }

        return look;
    }

    /// <summary>What one pass found of an office's stations that this server hears.</summary>
    private sealed class OfficeLook(OfficeHealth office)
    {
        public OfficeHealth Office { get; } = office;

        public bool IsMine { get; private set; }

        public bool IsDue { get; private set; }

        /// <summary>Heard before, and not given up; of them, those that miss beats by the hours of their presence.</summary>
        public int Living { get; private set; }

        public int Quiet { get; private set; }

        /// <summary>Heard just now or judged by beats; of them, those that are about to be missed.</summary>
        public int Beating { get; private set; }

        public int Doubted { get; private set; }

        /// <summary>The caller has the station's lock.</summary>
        public void Count(StationHealth station, DateTimeOffset listening, DateTimeOffset now)
        {
            IsMine = true;
            IsDue |= Office.Silence is not null;
            var (presence, silent) = (station.Presence, now - station.Presence.SilentSince);
            if (presence.State == Liveness.NeverHeard)
            {
                return;
            }

            IsDue |= station.Condition?.State != StationCondition.StateOf(presence.State);
            if (presence.State == Liveness.PresumedDead)
            {
                return;
            }

            Living++;
            if (silent < Uplink.LeastMissed / 2)
            {
                Beating++;
                return;
            }

            if (Uplink.MissedAfter(presence, listening, now) is { } missedAfter)
            {
                Beating++;
                Doubted += silent >= missedAfter / 2 ? 1 : 0;
                IsDue |= silent >= missedAfter;
            }

            if (silent.TotalHours >= Silence.LeastQuiet)
            {
                var expected = presence.ExpectedHours(now, Silence.LateAt);
                IsDue |= expected >= Silence.LateAt;
                Quiet += expected >= presence.QuietAt ? 1 : 0;
            }
        }
    }
}
