using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KtpGrpc.Fleet.Live;

/// <summary>The live view: paces the days so that a person can follow, and draws the city several times a second.</summary>
internal sealed class CityScreen(FleetPlan plan, ServerLink server, LockStep run, FleetPlaces places, double? daysPerSecond)
{
    private static readonly TimeSpan _whole = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan _redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly CityReader _reader = new(server, plan.File.City, plan.Offices);
    private readonly double _daysPerSecond = daysPerSecond ?? (plan.End - plan.Start).TotalDays / _whole.TotalSeconds;
    private string? _away;

    private double Days => (plan.End - plan.Start).TotalDays;

    public Task PlayAsync(CancellationToken cancellation) => AnsiConsole.Live(new Text($"{plan.File.Name}, seed {plan.Seed}")).AutoClear(false).StartAsync(async screen =>
    {
        var started = _time.GetTimestamp();
        TimeSpan? drawnAt = null;
        var (beats, played) = (plan.Beats.Count(), 0);
        CityPicture? city = null;
        var at = plan.Start;
        server.OnAway = reason =>
        {
            _away = reason;
            if (city is not null)
            {
                screen.UpdateTarget(Draw(city, at));
            }
        };
        await run.PlayAsync(async now =>
        {
            at = now;
            // By beats and not by days: a weekend is one step and must not hold the picture up.
            var due = Days / _daysPerSecond * ((double)++played / beats);
            if (!(_time.GetElapsedTime(started) - drawnAt < _redraw))
            {
                city = await _reader.ReadAsync(cancellation);
                screen.UpdateTarget(Draw(city, now));
                drawnAt = _time.GetElapsedTime(started);
            }

            if (TimeSpan.FromSeconds(due) - _time.GetElapsedTime(started) is var ahead && ahead > _shortestWait)
            {
                await Task.Delay(ahead, _time, cancellation);
            }
        }, cancellation);
        city = await _reader.ReadAsync(cancellation);
        screen.UpdateTarget(Draw(city, plan.End));
    });

    private IRenderable Draw(CityPicture city, DateTimeOffset now) => plan.File.Province is null
        ? CityView.Draw(plan, run.Stations, city, now, places, _away)
        : ProvinceView.Draw(plan, run.Technicians, city, now, places, _away, (AnsiConsole.Profile.Width, AnsiConsole.Profile.Height));
}
