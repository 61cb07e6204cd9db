namespace KtpGrpc.Testing.Tests;

public sealed class TempFolderTests
{
    [Fact]
    public void Folder_OfADisposedTest_IsGoneWithWhatItHeld()
    {
        var folder = new TempFolder();
        File.WriteAllText(folder["receipt"], "kept");

        folder.Dispose();

        Assert.False(Directory.Exists(folder.Path));
    }
}
