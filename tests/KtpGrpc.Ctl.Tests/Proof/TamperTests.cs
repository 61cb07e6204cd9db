using Ktp.Cards.V1;
using KtpGrpc.Ctl.Proof;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Ctl.Tests.Proof;

public sealed class TamperTests
{
    private const int Changes = 10_000;

    [Fact]
    public async Task RecordOfDestruction_ChangedTenThousandTimes_IsFoundEachTime()
    {
        await using var office = await Office.OpenAsync();
        var file = await BurnAsync(office);
        Assert.True(Tamper.Holds(file, DestructionRecord.Check));

        Tamper.FindsAll(file, Changes, seed: 7, DestructionRecord.Check);
    }

    [Fact]
    public async Task Month_ChangedTenThousandTimes_IsFoundEachTime()
    {
        await using var office = await Office.OpenAsync();
        await BurnAsync(office);
        await office.AdvanceAsync(new DateTimeOffset(2019, 1, 2, 0, 0, 0, TimeSpan.Zero));
        (await office.RunAsync("custodian-1", "destruction", "month", Office.Code, "2018-12", "--file", office["month"])).Done();
        var file = await File.ReadAllBytesAsync(office["month"]);
        Assert.True(Tamper.Holds(file, DestructionMonth.Check));

        Tamper.FindsAll(file, Changes, seed: 8, DestructionMonth.Check);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task JournalExport_ChangedTenThousandTimes_IsFoundEachTime(bool whole)
    {
        await using var office = await Office.OpenAsync();
        await BurnAsync(office);
        await Eventually.HoldsAsync(async () => (await office.RunAsAdminAsync("cards", "life", "700001")).Out.Contains("cards-destroyed", StringComparison.Ordinal));
        string[] arguments = whole ? ["journal", "export", office["export"]] : ["cards", "life", "700001", "--export", office["export"]];
        (await office.RunAsAdminAsync(arguments)).Done();
        var file = await File.ReadAllBytesAsync(office["export"]);
        IEnumerable<(string, string)> Check(SignedFile signed) => JournalExport.Check(signed, null);
        Assert.True(Tamper.Holds(file, Check));

        Tamper.FindsAll(file, Changes, seed: 9, Check);
    }

    /// <summary>A few cards of two reasons, from custody to their record.</summary>
    private static async Task<byte[]> BurnAsync(Office office)
    {
        await office.WithdrawAsync(700_001, 6, InvalidReason.Damaged);
        await office.WithdrawAsync(800_001, 3, InvalidReason.Moved);
        var id = await office.OpenDestructionAsync();
        (await office.RunAsync("custodian-1", "destruction", "list-cards", id, "700001-700006", "800001-800003")).Done();
        (await office.RunAsync("custodian-1", "destruction", "close", id, "--total", "9", "--count", "damaged=6", "moved=3")).Done();
        (await office.RunAsync("custodian-1", "destruction", "sign", id, "--as", "custodian", "--on-behalf-of", "Dinas Dukcapil", "--total", "9")).Done();
        (await office.RunAsync("satpol-pp", "destruction", "sign", id, "--as", "witness", "--on-behalf-of", "Satpol PP", "--total", "9")).Done();
        (await office.RunAsync("inspectorate", "destruction", "sign", id, "--as", "witness", "--on-behalf-of", "Inspektorat", "--total", "9")).Done();
        (await office.RunAsync("custodian-1", "destruction", "seal", id)).Done();
        (await office.RunAsync("custodian-1", "destruction", "export", id, "--file", office["record"])).Done();
        return await File.ReadAllBytesAsync(office["record"]);
    }
}
