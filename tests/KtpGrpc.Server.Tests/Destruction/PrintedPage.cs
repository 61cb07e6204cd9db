using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Destruction;

/// <summary>A page as a browser prints it: how many sheets of which paper, what is to be read on it, and what its code says.</summary>
internal sealed record PrintedPage(int Pages, string Paper, string Text, string Code)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    /// <param name="html">Printed by Chromium, without margins of its own.</param>
    public static async Task<PrintedPage> PrintAsync(string html)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["page.html"], html);
        await RunAsync(folder, "chromium",
            "--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={folder["profile"]}", "--no-pdf-header-footer", $"--print-to-pdf={folder["page.pdf"]}", "file://" + folder["page.html"]);
        var about = await RunAsync(folder, "pdfinfo", folder["page.pdf"]);
        await RunAsync(folder, "pdftoppm", "-png", "-r", "150", folder["page.pdf"], folder["page"]);
        var text = await RunAsync(folder, "pdftotext", folder["page.pdf"], "-");
        var code = await RunAsync(folder, "zbarimg", "--nodbus", "--quiet", "--raw", Directory.GetFiles(folder.Path, "page-*.png")[0]);
        if (Environment.GetEnvironmentVariable("KTP_PAGES") is { } kept)
        {
            File.Copy(Directory.GetFiles(folder.Path, "page-*.png")[0], Path.Combine(kept, $"{Guid.NewGuid():N}.png"));
        }

        return new PrintedPage(
            int.Parse(about.Single(line => line.StartsWith("Pages:", StringComparison.Ordinal))[6..]),
            about.Single(line => line.StartsWith("Page size:", StringComparison.Ordinal)).Contains("(A4)", StringComparison.Ordinal) ? "A4" : "other",
            string.Join(' ', text),
            Assert.Single(code));
    }

    private static async Task<IReadOnlyList<string>> RunAsync(TempFolder folder, string program, params string[] arguments)
    {
        using var process = ChildProcess.Start(program, arguments, folder: folder.Path);
        var code = await process.WaitForExitAsync(_patience);
        Assert.True(code == 0, $"{code}: {process}");
        return process.Lines;
    }
}
