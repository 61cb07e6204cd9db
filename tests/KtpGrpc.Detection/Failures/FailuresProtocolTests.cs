using System.Globalization;
using System.Text;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Detection.Failures;

/// <summary>The whole way from a small made-up file to figures.</summary>
public sealed class FailuresProtocolTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fleet_InWhichCountersRiseBeforeFailures_IsFound()
    {
        var report = FailuresProtocol.Protocol.Replay(new Replayed(Fleet("train", 1), Fleet("test", 2), null));

        Assert.InRange(Of(report, "≤ 0.01: recall"), 0.9, 1);
        Assert.InRange(Of(report, "≤ 0.01: precision"), 0.75, 1);
        Assert.InRange(Of(report, "≤ 0.01: median lead, days"), 1, 5);
    }

    [Fact]
    public void Fleet_WithAShorterHorizon_IsJudgedByIt()
    {
        var file = Fleet("train", 1);

        var report = FailuresProtocol.Protocol.Replay(new Replayed(file, file, TimeSpan.FromDays(1)));

        Assert.InRange(Of(report, "≤ 0.1: median lead, days"), 0, 1);
    }

    [Fact]
    public void Disks_WhoseHoursStandStillBeforeTheyFail_AreFoundWithoutAnyTrouble()
    {
        var file = Written("disks", text =>
        {
            text.AppendLine("day,machine,model,failure,s5,s9,s194,s197");
            for (var day = 0; day < 42; day++)
            {
                for (var machine = 0; machine < 300; machine++)
                {
                    var dies = machine < 6 ? 12 + 5 * machine : int.MaxValue;
                    if (day <= dies)
                    {
                        var hours = 24 * Math.Min(day, dies - 2);
                        text.AppendLine(CultureInfo.InvariantCulture, $"{day},d{machine},A,{(day == dies ? 1 : 0)},0,{hours},25,-1");
                    }
                }
            }
        });

        var report = FailuresProtocol.Protocol.Replay(new Replayed(file, file, null));

        Assert.Equal(1, Of(report, "≤ 0.01: recall"));
        Assert.Equal(1, Of(report, "≤ 0.01: strict recall"));
    }

    [Fact]
    public void File_OfAnotherKind_IsRefused()
    {
        var file = Written("other", text => text.AppendLine("hour,value"));

        var refusal = Assert.Throws<InvalidDataException>(() => Recording.Read(file));
        Assert.Contains("hour, value", refusal.Message, StringComparison.Ordinal);
    }

    private static double Of(Report report, string name) => report.Figures.Single(figure => figure.Name == name).Value;

    /// <summary>200 machines over 120 days; ten of them fail, five days after their counters have begun to rise.</summary>
    private FileInfo Fleet(string name, int seed) => Written(name, text =>
    {
        var random = new Random(seed);
        var totals = new int[200];
        text.AppendLine("day,machine,failure,a1,c2,c3,c4,c5,c6,c7,c9");
        for (var day = 0; day < 120; day++)
        {
            for (var machine = 0; machine < totals.Length; machine++)
            {
                var dies = machine < 10 ? 40 + 7 * machine : int.MaxValue;
                if (day <= dies)
                {
                    totals[machine] += (random.Next(200) == 0 ? 1 : 0) + (day > dies - 5 ? 300 : 0);
                    text.AppendLine(CultureInfo.InvariantCulture, $"{day},{name}{machine},{(day == dies ? 1 : 0)},7,{totals[machine]},0,{totals[machine]},0,{day * 10},0,0");
                }
            }
        }
    });

    private FileInfo Written(string name, Action<StringBuilder> write)
    {
        var text = new StringBuilder();
        write(text);
        var path = Path.Combine(_folder.Path, name + ".csv");
        File.WriteAllText(path, text.ToString());
        return new FileInfo(path);
    }
}
