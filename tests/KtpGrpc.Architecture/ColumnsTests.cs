namespace KtpGrpc.Architecture;

public sealed class ColumnsTests
{
    private static readonly Columns _rule = Columns.Read("# Rule\n```columns\nClock | Rpc Storage | Journal\n```\n```sh\nls\n```\n");

    [Theory]
    [InlineData("Journal", "Clock", true)]
    [InlineData("Journal", "Storage", true)]
    [InlineData("Storage", "Clock", true)]
    [InlineData("Storage", "Storage", true)]
    [InlineData("Storage", "Rpc", false)]
    [InlineData("Clock", "Storage", false)]
    [InlineData("Journal", "Attic", false)]
    [InlineData("Attic", "Clock", false)]
    public void Folder_NamingAnother_MayWhenThatStandsLeftOfABar(string from, string to, bool may) =>
        Assert.Equal(may, _rule.MayName(from, to));

    [Theory]
    [InlineData("no block")]
    [InlineData("```columns\nClock\n```\n```columns\nRpc\n```\n")]
    [InlineData("```columns\nClock\nRpc\n```\n")]
    public void Document_WithoutOneLineOfColumns_IsRefused(string document) =>
        Assert.Throws<FormatException>(() => Columns.Read(document));

    [Fact]
    public void Folder_TwiceInTheLine_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Columns.Read("```columns\nClock | Clock\n```\n"));
}
