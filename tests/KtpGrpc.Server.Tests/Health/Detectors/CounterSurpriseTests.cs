using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class CounterSurpriseTests
{
    private static readonly Gen<(ulong Total, int Day)[]> _anything = Gen.ArrayOf(
        from total in Gen.OneOf(Gen.Choose(0, 100).Select(total => (ulong)total), Gen.Elements(0ul, ulong.MaxValue, 1ul << 62))
        from day in Gen.OneOf(Gen.Choose(0, 60), Gen.Elements(int.MinValue, int.MaxValue, -1))
        select (total, day));

    private static readonly Gen<(int[] Increments, int Seed)> _days =
        from increments in Gen.ArrayOf(Gen.Choose(0, 300))
        from seed in Gen.Choose(0, 1000)
        select (increments, seed);

    [Fact]
    public void State_OfACounter_FitsInto32Bytes() => Assert.InRange(Unsafe.SizeOf<CounterSurprise>(), 1, 32);

    [Fact]
    public void Samples_OfAnySort_AreTakenWithoutAFault() => Property.Holds(_anything, samples =>
    {
        foreach (var sort in new[] { CounterSort.Trouble, CounterSort.Use })
        {
            var (usual, counter) = (Baseline(sort), new CounterSurprise());
            foreach (var (total, day) in samples)
            {
                counter.Take(total, day, usual);
                Assert.InRange(counter.Surprise, 0, 10);
                counter.Close(usual);
                Assert.InRange(counter.Surprise, 0, 10);
            }
        }
    });

    [Fact]
    public void Trouble_WithinTheDay_NeverSpeaksLouderThanTheWholeDay() => Property.Holds(_days, drawn =>
    {
        var (usual, counter, total) = (Taught(drawn.Seed), new CounterSurprise(), 0ul);
        counter.Take(0, 0, usual);
        var heard = 0.0;
        foreach (var increment in drawn.Increments)
        {
            total += (ulong)increment;
            counter.Take(total, 1, usual);
            Assert.InRange(counter.Surprise, heard, 10);
            heard = counter.Surprise;
        }

        counter.Close(usual);
        Assert.Equal(heard, counter.Surprise, 6);
    });

    [Fact]
    public void Trouble_OfAQuietModel_SpeaksBeforeTheDayIsOver()
    {
        var (usual, counter) = (Taught(1), new CounterSurprise());
        counter.Take(0, 0, usual);

        counter.Take(37, 1, usual);

        Assert.InRange(counter.Surprise, 3, 10);
    }

    [Fact]
    public void Counter_SeenForTheFirstTime_IsNoNewsHoweverHigh()
    {
        var (usual, counter) = (Taught(1), new CounterSurprise());

        counter.Take(1_000_000, 0, usual);
        counter.Close(usual);

        Assert.Equal(0, counter.Surprise);
    }

    [Theory]
    [InlineData(CounterSort.Trouble)]
    [InlineData(CounterSort.Use)]
    public void Counter_ThatBeginsAgain_IsNoNews(object sort)
    {
        var (usual, counter) = (Baseline((CounterSort)sort), new CounterSurprise());
        for (var day = 0; day < 30; day++)
        {
            counter.Take(500 + (ulong)day * 10, day, usual);
            counter.Close(usual);
        }

        counter.Take(4, 30, usual);
        var reset = counter.Surprise;
        counter.Take(10, 30, usual);
        counter.Close(usual);

        Assert.InRange(reset, 0, 1);
        Assert.InRange(counter.Surprise, 0, 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(14)]
    [InlineData(120)]
    public void Kit_ThatWasAwayWithItsSteadyWork_IsNoNews(int away)
    {
        foreach (var sort in new[] { CounterSort.Trouble, CounterSort.Use })
        {
            var (usual, kits) = (Baseline(sort), new CounterSurprise[20]);
            for (var day = 0; day < 60 + away; day++)
            {
                for (var kit = 0; kit < kits.Length; kit++)
                {
                    if (kit > 0 || day is < 60 || day == 59 + away)
                    {
                        kits[kit].Take((ulong)day * 6, day, usual);
                        kits[kit].Close(usual);
                    }
                }
            }

            Assert.InRange(kits[0].Surprise, 0, 1.5);
        }
    }

    [Fact]
    public void Clock_ThatJumpsFarAndBack_IsNoNews()
    {
        var (usual, counter) = (Taught(1), new CounterSurprise());
        for (var day = 0; day < 40; day++)
        {
            counter.Take((ulong)day / 20, day + (day == 20 ? 5000 : 0) - (day == 30 ? 20_000 : 0), usual);
            Assert.InRange(counter.Surprise, 0, 2.5);
        }
    }

    [Fact]
    public void Use_ThatStandsStillWhileTheModelGoesOn_IsToldWhenTheDayIsOver()
    {
        var (usual, counter) = (Working(), new CounterSurprise());
        counter.Take(100, 0, usual);
        counter.Take(100, 1, usual);
        var before = counter.Surprise;

        counter.Close(usual);

        Assert.Equal(0, before);
        Assert.InRange(counter.Surprise, 3, 10);
    }

    [Fact]
    public void Use_ThatStandsStillOnAHolidayOfTheWholeModel_IsNoNews()
    {
        var usual = Working();
        var counters = new CounterSurprise[60];
        for (var i = 0; i < counters.Length; i++)
        {
            counters[i].Take(100, 99, usual);
            counters[i].Take(100, 100, usual);
            counters[i].Close(usual);
        }

        Assert.Equal(0, counters[^1].Surprise);
    }

    [Fact]
    public void Day_ClosedTwice_TeachesOnce()
    {
        var (once, twice) = (Taught(1), Taught(1));
        var (a, b) = (new CounterSurprise(), new CounterSurprise());
        for (var day = 0; day < 5; day++)
        {
            a.Take((ulong)day * 3, day, once);
            a.Close(once);
            b.Take((ulong)day * 3, day, twice);
            b.Close(twice);
            b.Close(twice);
        }

        Assert.Equal(once.OfSum(10, 5), twice.OfSum(10, 5), 12);
    }

    [Fact]
    public void State_WrittenAndReadAgain_GoesOnAsIfNothingHadBeen() => Property.Holds(_days, drawn =>
    {
        var (usual, other) = (Taught(drawn.Seed), Taught(drawn.Seed));
        var (counter, total) = (new CounterSurprise(), 0ul);
        var restored = new CounterSurprise();
        for (var day = 0; day < drawn.Increments.Length; day++)
        {
            total += (ulong)drawn.Increments[day];
            counter.Take(total, day, usual);
            restored = Again(restored);
            restored.Take(total, day, other);
            Assert.Equal(counter.Surprise, restored.Surprise);
        }
    });

    [Fact]
    public void Samples_OfALongDay_AllocateNothing()
    {
        var (usual, counter) = (Taught(1), new CounterSurprise());
        Run(ref counter, usual);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Run(ref counter, usual);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Run(ref CounterSurprise counter, SurpriseBaseline usual)
    {
        for (var i = 0; i < 2000; i++)
        {
            counter.Take((ulong)i, i / 50, usual);
        }
    }

    private static CounterSurprise Again(CounterSurprise counter)
    {
        using var memory = new MemoryStream();
        using (var to = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            counter.Write(to);
        }

        memory.Position = 0;
        using var from = new BinaryReader(memory);
        return CounterSurprise.Read(from);
    }

    private static SurpriseBaseline Baseline(CounterSort sort) => new("failures", "printer", sort);

    /// <summary>A model of which one device-day in a hundred has a failure or two.</summary>
    private static SurpriseBaseline Taught(int seed)
    {
        var (usual, random) = (Baseline(CounterSort.Trouble), new Random(seed));
        for (var i = 0; i < 5000; i++)
        {
            var sum = random.Next(100) == 0 ? random.Next(1, 3) : 0;
            usual.Learn(sum, sum, sum, -1);
        }

        return usual;
    }

    /// <summary>A model that works every day.</summary>
    private static SurpriseBaseline Working()
    {
        var usual = Baseline(CounterSort.Use);
        for (var i = 0; i < 5000; i++)
        {
            usual.Learn(0, 0, 40 + i % 20, -1);
        }

        return usual;
    }
}
