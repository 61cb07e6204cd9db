namespace KtpGrpc.Testing.Tests;

public sealed class TempFolderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Folder_OfADisposedTest_IsGoneWithWhatItHeld(bool inMemory)
    {
        var folder = inMemory ? TempFolder.InMemory() : new TempFolder();
        File.WriteAllText(folder["receipt"], "kept");

        folder.Dispose();

        Assert.False(Directory.Exists(folder.Path));
    }
}
