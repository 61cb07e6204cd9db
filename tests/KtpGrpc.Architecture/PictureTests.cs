namespace KtpGrpc.Architecture;

public sealed class PictureTests
{
    private static readonly Columns _rule = Columns.Read("```columns\nClock | Rpc Storage | Journal | Session\n```\n");

    [Fact]
    public void House_Drawn_ShowsItsFoldersByColumnAndEachEdgeOnce()
    {
        var house = new House(
            ["Clock", "Journal", "Storage"],
            [new("Journal", "Storage", "Sealer", "Run"), new("Journal", "Storage", "Sealer", "Stop"), new("Journal", "Clock", "Row", "At")],
            []);

        var picture = Picture.Draw(house, _rule);

        Assert.Equal(
            """
            ```mermaid
            flowchart LR
              subgraph column3[" "]
                Journal
              end
              subgraph column2[" "]
                Storage
              end
              subgraph column1[" "]
                Clock
              end
              Journal --> Clock & Storage
            ```

            """, picture);
    }

    [Fact]
    public void Document_WithAnOlderPicture_GetsTheNewOneInItsPlace()
    {
        var document = "before\n<!-- house:begin -->\nold $1\n<!-- house:end -->\nafter\n";

        var redrawn = Picture.Into(document, "new $1\n");

        Assert.Equal("before\n<!-- house:begin -->\nnew $1\n<!-- house:end -->\nafter\n", redrawn);
    }

    [Fact]
    public void Document_WithoutMarkers_IsRefused() => Assert.Throws<FormatException>(() => Picture.Into("none", "picture\n"));
}
