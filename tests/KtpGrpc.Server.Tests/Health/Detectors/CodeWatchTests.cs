using Google.Protobuf.Collections;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class CodeWatchTests
{
    private static readonly DateTimeOffset _start = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Code_ThatFlickersForAnHour_IsOneTrouble()
    {
        Assert.Equal(2, Changes("door-open", shown: 1, missing: 5, samples: 300));
    }

    [Fact]
    public void Code_ThatComesBackAndStays_CountsAgain()
    {
        var watch = new CodeWatch();
        Take(watch, 0, "door-open");
        for (var sample = 1; sample <= 3; sample++)
        {
            Take(watch, sample);
        }

        Assert.Null(watch.Worst);
        for (var sample = 4; sample <= 6; sample++)
        {
            Take(watch, sample, "door-open");
        }

        Assert.Equal("door-open", watch.Worst!.Known.Code);
        Assert.Equal(_start.AddSeconds(60), watch.Worst.Since);
    }

    [Fact]
    public void Code_ThatComesBackAfterALongWhile_CountsAtOnce()
    {
        var watch = new CodeWatch();
        Take(watch, 0, "door-open");
        for (var sample = 1; sample <= 3; sample++)
        {
            Take(watch, sample);
        }

        Take(watch, 2000, "door-open");

        Assert.NotNull(watch.Worst);
    }

    [Fact]
    public void Code_OfADeadDevice_CountsAtOnceHoweverOftenItWentAway()
    {
        Assert.True(Changes("sensor-dead", shown: 1, missing: 5, samples: 300) > 50);
    }

    /// <summary>How often it began or ended to be believed.</summary>
    private static int Changes(string code, int shown, int missing, int samples)
    {
        var (watch, changes, believed) = (new CodeWatch(), 0, false);
        for (var sample = 0; sample < samples; sample++)
        {
            Take(watch, sample, sample % (shown + missing) < shown ? [code] : []);
            changes += believed == watch.Worst is not null ? 0 : 1;
            believed = watch.Worst is not null;
        }

        return changes;
    }

    /// <summary>A sample each ten seconds.</summary>
    private static void Take(CodeWatch watch, int sample, params string[] codes) => watch.Take(
        new RepeatedField<DeviceCode> { codes.Select(code => new DeviceCode { Code = code }) }, _start.AddSeconds(10 * sample));
}
