using FsCheck;
using FsCheck.Fluent;
using Ktp.Cards.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class SerialsTests
{
    [Fact]
    public async Task File_WithCommentsRangesAndWindowsLines_IsReadAsPeopleMeantIt()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["cards"], "\uFEFF# box 1\r\n17\r\n\r\n20-22 # torn\r\n 18 \r\n40 - 41\n");

        var ranges = await ReadAsync([], folder["cards"]);

        Assert.Equal([(17, 18), (20, 22), (40, 41)], ranges.Select(range => (range.First, range.Last)));
        Assert.Equal([17, 18, 20, 21, 22, 40, 41], Serials.Each(ranges));
    }

    [Theory]
    [InlineData("17\n20-30\n25\n", "Card 25 is named twice, in line 2 and in line 3")]
    [InlineData("17\r\n17\r\n", "Card 17 is named twice, in line 1 and in line 2")]
    [InlineData("17\nx\n", "'x' in line 2 is no serial")]
    [InlineData("0\n", "'0' in line 1 is no serial")]
    [InlineData("30-20\n", "'30-20' in line 1 is no serial")]
    [InlineData("1e3\n", "'1e3' in line 1")]
    [InlineData("1000000000000000\n", "in line 1")]
    [InlineData("1-999999999999999\n", "is a range mistyped?")]
    [InlineData("# nothing\n", "No card is named")]
    public async Task File_ThatDoesNotHold_IsRefusedWithItsLine(string text, string words)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["cards"], text);

        var refused = await Assert.ThrowsAsync<UsageException>(() => ReadAsync([], folder["cards"]));

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serial_InTheArgumentsAndTheFile_IsRefusedWithBothPlaces()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["cards"], "5\n6\n");

        var refused = await Assert.ThrowsAsync<UsageException>(() => ReadAsync(["6"], folder["cards"]));

        Assert.Contains("Card 6 is named twice, in argument 1 and in line 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Serials_InAnyOrder_ComeBackRisingAndEachOnce() => Property.Holds(
        Gen.Choose(1, 300).ListOf(60).Select(serials => serials.Distinct().ToList()).Where(serials => serials.Count > 0),
        serials => Assert.Equal(
            serials.Order().Select(serial => (long)serial),
            Serials.Each(ReadAsync(serials.Select(serial => $"{serial}"), null).GetAwaiter().GetResult())));

    private static Task<List<SerialRange>> ReadAsync(IEnumerable<string> arguments, string? file) => Serials.ReadAsync(arguments, file, TextReader.Null, CancellationToken.None);
}
