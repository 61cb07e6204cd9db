using System.Text.Json;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

/// <summary>Checks a signed file as anybody can, with no program of ours.</summary>
internal static class Openssl
{
    private const string Check = """
        head -n -1 "$1" > body
        openssl pkey -pubin -inform DER -in key.der -out key.pem
        openssl dgst -sha256 -verify key.pem -signature signature body
        """;

    public static async Task VerifiesAsync(byte[] file)
    {
        Assert.Contains("Verified OK", await RunAsync(file));
        file[file.Length / 2] ^= 1;
        Assert.DoesNotContain("Verified OK", await RunAsync(file));
        file[file.Length / 2] ^= 1;
    }

    private static async Task<IReadOnlyList<string>> RunAsync(byte[] file)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["file"], file);
        var signature = JsonDocument.Parse(File.ReadLines(folder["file"]).Last()).RootElement.GetProperty("signature");
        Assert.Equal("ECDSA-P256-SHA256", signature.GetProperty("algorithm").GetString());
        await File.WriteAllBytesAsync(folder["key.der"], signature.GetProperty("publicKey").GetBytesFromBase64());
        await File.WriteAllBytesAsync(folder["signature"], signature.GetProperty("value").GetBytesFromBase64());
        using var shell = ChildProcess.Start("/bin/sh", ["-c", Check, "sh", folder["file"]], folder: folder.Path);
        await shell.WaitForExitAsync();
        return shell.Lines;
    }
}
