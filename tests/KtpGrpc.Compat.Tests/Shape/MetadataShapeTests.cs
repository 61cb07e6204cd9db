namespace KtpGrpc.Compat.Tests.Shape;

public sealed class MetadataShapeTests
{
    [Fact]
    public void Entry_KeyWithCapitals_IsLowered()
    {
        Assert.Equal("x-request_id.1", new Metadata.Entry("X-Request_Id.1", "v").Key);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("naïve")]
    [InlineData("colon:")]
    public void Entry_KeyWithForeignCharacter_IsRefused(string key)
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "v"));
    }

    [Fact]
    public void Entry_KindAndSuffixAtOdds_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", [1, 2]));
    }

    [Fact]
    public void Entry_Binary_KeepsItsBytesToItselfAndHasNoText()
    {
        byte[] given = [1, 2, 3];
        var entry = new Metadata.Entry("key-bin", given);

        given[0] = 9;
        entry.ValueBytes[1] = 9;

        Assert.Equal([1, 2, 3], entry.ValueBytes);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
    }

    [Fact]
    public void Entry_Text_HasAsciiBytes()
    {
        Assert.Equal("abc"u8.ToArray(), new Metadata.Entry("key", "abc").ValueBytes);
    }

    [Fact]
    public void Metadata_SeveralEntriesOfAKey_GivesTheLastAndAll()
    {
        Metadata metadata = new() { { "a", "1" }, { "b-bin", [7] }, { "A", "2" } };

        Assert.Equal("2", metadata.GetValue("A"));
        Assert.Equal(["1", "2"], metadata.GetAll("a").Select(entry => entry.Value));
        Assert.Equal([7], metadata.GetValueBytes("B-Bin"));
        Assert.Null(metadata.GetValue("c"));
        Assert.Equal(["a", "b-bin", "a"], metadata.Select(entry => entry.Key));
    }

    [Fact]
    public void Metadata_Edited_BehavesAsAList()
    {
        Metadata metadata = new() { { "a", "1" } };
        var entry = new Metadata.Entry("b", "2");

        metadata.Insert(0, entry);
        metadata[1] = new Metadata.Entry("c", "3");
        var index = metadata.IndexOf(entry);
        var removed = metadata.Remove(entry);

        Assert.Equal(0, index);
        Assert.True(removed);
        Assert.Equal("c", Assert.Single(metadata).Key);
    }

    [Fact]
    public void Empty_Written_Refuses()
    {
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "1"));
        Assert.Throws<InvalidOperationException>(Metadata.Empty.Clear);
        Assert.Empty(Metadata.Empty);
    }
}
