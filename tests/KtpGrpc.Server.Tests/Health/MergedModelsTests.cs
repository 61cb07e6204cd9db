using FsCheck;
using FsCheck.Fluent;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>What several servers learn of one model is what one would have learned of it.</summary>
public sealed class MergedModelsTests
{
    private const int FirstDay = 736_000;

    private static readonly DateTimeOffset _now = new(2016, 8, 1, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Counters_LearnedByTwoServersInAnyOrder_AreAsIfOneHadLearnedThem()
    {
        var step = from server in Gen.Choose(0, 1) from increment in Gen.Choose(0, 300) from saves in Gen.Choose(0, 3) select (server, increment, saves: saves == 0);
        Property.Holds(step.ListOf(12).ListOf(10), days =>
        {
            var one = new ModelUsual(DeviceKind.Host, new ModelUsual(DeviceKind.Host, null));
            ModelUsual[] two = [.. Enumerable.Range(0, 2).Select(_ => new ModelUsual(DeviceKind.Host, new ModelUsual(DeviceKind.Host, null)))];
            byte[] row = [];
            foreach (var (day, steps) in days.Index())
            {
                foreach (var (server, increment, saves) in steps)
                {
                    Learn(one, increment, day);
                    Learn(two[server], increment, day);
                    row = saves ? Save(two[server], row) : row;
                }

                row = Save(two[1], Save(two[0], row));
            }

            if (one.TakeChanged() is { } all)
            {
                var merged = ModelState.Read(row)!;
                Assert.Equal((all.Now.Failures, all.Now.Days, all.Now.Day), (merged.Failures, merged.Days, merged.Day));
                Assert.All(all.Now.Counters.Zip(merged.Counters), pair => Assert.All(pair.First.Seen.Zip(pair.Second.Seen), seen => Same(seen.First, seen.Second)));
                Learn(two[0], 0, days.Count);
                row = Save(two[0], row);
                Assert.Equal(merged.Days + 1, two[0].Record.Days);
                Assert.Equal(merged.Days + 1, two[0].KindDays);
            }
        });

        static void Same(double[] expected, double[] told) => Assert.All(expected.Zip(told), bin => Assert.Equal(bin.First, bin.Second, 6));
    }

    [Fact]
    public void Ratio_LearnedByTwoServersInAnyOrder_IsAsIfOneHadLearnedIt()
    {
        var step = from server in Gen.Choose(0, 1) from failed in Gen.Choose(0, 5) from attempts in Gen.Choose(5, 40) from saves in Gen.Choose(0, 3) select (server, failed, attempts, saves: saves == 0);
        Property.Holds(step.ListOf(60), steps =>
        {
            var one = new ModelBaseline(0.03);
            ModelBaseline[] two = [new(0.03), new(0.03)];
            var row = (0.0, 0.0);
            foreach (var (server, failed, attempts, saves) in steps)
            {
                one.Learn(failed, attempts);
                two[server].Learn(failed, attempts);
                row = saves ? Save(two[server], row) : row;
            }

            row = Save(two[0], Save(two[1], Save(two[0], row)));

            Assert.Equal(one.Rate, two[0].Rate, 9);
            Assert.Equal((one.Take().Failed, one.Take().Attempts), row);
        });
    }

    /// <summary>It forgets no less and no more for being saved.</summary>
    [Fact]
    public void Ratio_OfManyAttempts_IsTheSameHoweverOftenItIsSaved()
    {
        var (kept, saved, row) = (new ModelBaseline(0.03), new ModelBaseline(0.03), (0.0, 0.0));
        for (var step = 0; step < 2000; step++)
        {
            kept.Learn(step % 3, 50);
            saved.Learn(step % 3, 50);
            row = step % 7 == 0 ? Save(saved, row) : row;
        }

        Assert.Equal(kept.Rate, saved.Rate, 5);
        Assert.InRange(Save(saved, row).Attempts, 19_999, 20_001);
    }

    /// <summary>What was learned while it was written stays, also where the histogram fades meanwhile.</summary>
    [Fact]
    public void Counters_LearnedWhileTheyAreSaved_AreNeitherLostNorDoubled()
    {
        var (one, other) = (Histogram(), Histogram());
        one.Learn(3, 1);
        other.Learn(3, 1);
        var taken = one.Take();
        one.Learn(3, 2);
        other.Learn(3, 2);
        one.Adopt(taken.MergeInto(new double[OctaveHistogram.Bins], 0), taken.Seen);

        Assert.Equal(other.Take().Seen, one.Take().Seen);
        Assert.Equal(1, one.Take().Learned[3], 12);

        static OctaveHistogram Histogram() => new(1, null, 0.95);
    }

    /// <summary>Written by a server before the day was saved with it.</summary>
    [Fact]
    public void State_WithoutADay_IsReadAndNotFaded()
    {
        var usual = new ModelUsual(DeviceKind.Host, new ModelUsual(DeviceKind.Host, null));
        Learn(usual, 4, 0);
        var now = usual.TakeChanged()!.Now;
        byte[] old = [1, .. now.ToBytes()[1..17], .. now.ToBytes()[21..]];

        var read = ModelState.Read(old)!;

        Assert.Equal(ModelState.UnknownDay, read.Day);
        Assert.Equal(now.Counters[0].Seen[0], read.Counters[0].Seen[0]);
        Learn(usual, 4, 9);
        Assert.Equal(1 + read.Counters[0].Seen[1].Sum(), ModelState.Merge(read, Restored(read, 9)).Counters[0].Seen[1].Sum(), 9);

        static ModelLearned Restored(ModelState state, int day)
        {
            var usual = new ModelUsual(DeviceKind.Host, new ModelUsual(DeviceKind.Host, null));
            usual.TryRestore(state.ToBytes());
            Learn(usual, 4, day);
            return usual.TakeChanged()!;
        }
    }

    [Fact]
    public async Task Models_OfTwoServers_AreTheSumOfWhatBothLearned()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _now);
        await using var second = await RunningServer.StartAsync(like: first.Options);
        RunningServer[] both = [first, second];
        for (var day = 0; day < 5; day++)
        {
            foreach (var server in both)
            {
                var baselines = server.Services.GetRequiredService<Baselines>();
                Learn(baselines.UsualOf(DeviceKind.Host, "PC-A"), server == first ? 0 : 50, day);
                baselines.Of(DeviceKind.Iris, "IR-A")[0].Learn(server == first ? 0 : 10, 100);
                await SaveAsync(server);
            }
        }

        await using var third = await RunningServer.StartAsync(like: first.Options);
        foreach (var server in both)
        {
            var baselines = server.Services.GetRequiredService<Baselines>();
            Learn(baselines.UsualOf(DeviceKind.Host, "PC-A"), 1, 5);
            baselines.Of(DeviceKind.Iris, "IR-A")[0].Learn(0, 1);
            await SaveAsync(server);
        }

        var restored = third.Services.GetRequiredService<Baselines>();
        Assert.Equal((10.0, 10.0), (restored.UsualOf(DeviceKind.Host, "PC-A").Record.Days, restored.UsualOf(DeviceKind.Host, "PC-A").KindDays));
        Assert.Equal(10, restored.UsualOf(DeviceKind.Host, "PC-A").Baselines[0].Histograms[0].Days, 6);
        Assert.Equal((Ratio.All[0].StatedRate * 1000 + 50) / 2000, restored.Of(DeviceKind.Iris, "IR-A")[0].Rate, 6);
        Assert.Equal(12, second.Services.GetRequiredService<Baselines>().UsualOf(DeviceKind.Host, "PC-A").Record.Days, 6);
        Assert.Equal(11, first.Services.GetRequiredService<Baselines>().UsualOf(DeviceKind.Host, "PC-A").Record.Days, 6);
    }

    [Fact]
    public async Task Models_SavedByTwoServersAtOnce_LoseNothing()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _now);
        await using var second = await RunningServer.StartAsync(like: first.Options);

        await Task.WhenAll(new[] { first, second }.Select(async server =>
        {
            var baselines = server.Services.GetRequiredService<Baselines>();
            for (var save = 0; save < 25; save++)
            {
                for (var model = 0; model < 8; model++)
                {
                    Learn(baselines.UsualOf(DeviceKind.Host, $"PC-{model}"), 1, 0);
                }

                await SaveAsync(server);
            }
        }));

        var rows = await first.Services.GetRequiredService<Database>().ReadAsync(CheckpointRows.ListUsualAsync, CancellationToken.None);
        Assert.Equal(8, rows.Count(row => row.Model is not null));
        Assert.All(rows.Where(row => row.Model is not null), row => Assert.Equal(50, ModelState.Read(row.State)!.Days));
        Assert.Equal(8 * 50, ModelState.Read(rows.Single(row => row.Model is null).State)!.Counters[0].Seen[0].Sum(), 6);
    }

    private static Task SaveAsync(RunningServer server) => server.Services.GetRequiredService<DetectorCheckpoints>().SaveAsync(_now, CancellationToken.None);

    private static void Learn(ModelUsual usual, int increment, int day)
    {
        foreach (var baseline in usual.Baselines)
        {
            baseline.Learn(increment, 10 * increment, increment, FirstDay + day);
        }

        usual.Record.TakeDay();
    }

    private static byte[] Save(ModelUsual usual, byte[] row)
    {
        if (usual.TakeChanged() is not { } learned)
        {
            return row;
        }

        var merged = ModelState.Merge(ModelState.Read(row), learned);
        usual.Adopt(merged, learned);
        return merged.ToBytes();
    }

    private static (double Failed, double Attempts) Save(ModelBaseline baseline, (double Failed, double Attempts) row)
    {
        var taken = baseline.Take();
        var merged = ModelBaseline.Merge(row, taken);
        baseline.Adopt(merged, taken);
        return merged;
    }
}
