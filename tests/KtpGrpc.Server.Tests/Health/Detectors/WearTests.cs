using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class WearTests
{
    [Fact]
    public void Level_ThatFallsSteadily_EndsWhenItEnds() => Property.Holds(Gen.Choose(1, 80), thousandths =>
    {
        var wear = new Wear();
        var level = 1.0;
        for (var day = 0; day < 12; day++, level -= thousandths / 1000.0)
        {
            wear.Take(level, day);
        }

        var left = (level + thousandths / 1000.0) / (thousandths / 1000.0);
        Assert.InRange(wear.DaysLeft, left * 0.9, left * 1.2);
    });

    [Fact]
    public void Ribbon_ThatIsChangedEachFewDays_KeepsItsPace()
    {
        var (wear, level) = (new Wear(), 1.0);
        for (var hour = 0; hour < 20 * 24; hour++)
        {
            level = level < 0.02 ? 1 : level - 0.3 / 24;
            wear.Take(level, hour / 24);
        }

        Assert.InRange(wear.Pace, 0.27, 0.33);
        wear.Take(1, 20);
        Assert.InRange(wear.DaysLeft, 3, 3.7);
    }

    [Fact]
    public void Level_ThatOnlyWavers_LastsForLong() => Property.Holds(Gen.Choose(0, int.MaxValue - 1), seed =>
    {
        var (wear, random) = (new Wear(), new Random(seed));
        for (var day = 0; day < 60; day++)
        {
            for (var sample = 0; sample < 8; sample++)
            {
                wear.Take(0.95 + 0.05 * random.NextDouble(), day);
            }

            Assert.True(wear.DaysLeft > 14, $"{wear.DaysLeft} days on day {day}");
        }
    });

    [Fact]
    public void WildDay_MovesThePaceByLittle()
    {
        var wear = new Wear();
        for (var day = 0; day < 20; day++)
        {
            wear.Take(0.99 - 0.01 * day, day);
        }

        wear.Take(0.3, 20);
        wear.Take(0.29, 21);

        Assert.InRange(wear.Pace, 0.01, 0.015);
    }

    [Fact]
    public void AnyLevels_OnAnyDays_GiveANumberThatIsNotNegative_AlsoRestored()
    {
        var levels = ArbMap.Default.GeneratorFor<double>().Zip(Gen.OneOf(Gen.Choose(0, 100), ArbMap.Default.GeneratorFor<int>()));
        Property.Holds(Gen.OneOf(levels, levels.Select(pair => (Math.Abs(Math.IEEERemainder(pair.Item1, 1)), pair.Item2))).ListOf(80), samples =>
        {
            var wear = new Wear();
            foreach (var (level, day) in samples)
            {
                wear.Take(level, day);
                Assert.True(wear.DaysLeft >= 0 && wear.Pace is >= 0 and <= 32, $"{wear.DaysLeft} days at {wear.Pace}");
                Assert.InRange(wear.Level, 0, 1);
            }

            using var stream = new MemoryStream();
            wear.Write(new BinaryWriter(stream));
            stream.Position = 0;
            Assert.Equal(wear.DaysLeft, Wear.Read(new BinaryReader(stream)).DaysLeft);
        });
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    public void WhatIsNoLevel_ChangesNothing(double level)
    {
        var wear = new Wear();
        wear.Take(0.5, 3);

        wear.Take(level, 4);

        Assert.Equal(0.5, wear.Level);
        Assert.InRange(Unsafe.SizeOf<Wear>(), 1, 64);
    }
}
