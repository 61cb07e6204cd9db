using System.Globalization;
using System.Text;
using KtpGrpc.Detection.Failures;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Detection.Events;

public sealed class EventsProtocolTests : IDisposable
{
    private static readonly Rules _rules = new(48, 0, 24);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Codes_ThatEndInAFailureOnlyTogether_AreLearnedTogether()
    {
        var machines = EventsProtocol.Play(History(), _rules);

        var last = machines.Single(machine => machine.Id == "m1").Moments;
        Assert.InRange(last[^1].Score, 0.85, 1);
        Assert.InRange(machines.Single(machine => machine.Id == "m2").Moments[^1].Score, 0, 0.05);
    }

    [Fact]
    public void Record_WhileTheHorizonIsOpen_LearnsNothing()
    {
        var file = Written("1,1,error,a\n2,1,failure,x\n40,2,error,a\n");

        var machines = EventsProtocol.Play(file, _rules);

        Assert.Equal(0.2, machines.Single(machine => machine.Id == "m2").Moments[0].Score, 9);
    }

    [Fact]
    public void History_OfSuchCodes_IsJudgedWell()
    {
        var report = EventsProtocol.Protocol.Replay(new Replayed(History(), History(), null));

        Assert.InRange(report.Figures.Single(figure => figure.Name == "F1").Value, 0.9, 1);
    }

    /// <summary>Machine 1 shows a and b together and fails a day later, forty times; machine 2 shows a alone, and b alone.</summary>
    private FileInfo History()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 40; i++)
        {
            var hour = 100 * i;
            text.Append(CultureInfo.InvariantCulture, $"{hour},1,error,a\n{hour},1,error,b\n{hour},2,error,{(i % 2 == 0 ? "a" : "b")}\n{hour + 24},1,failure,x\n");
        }

        return Written(text.ToString());
    }

    private FileInfo Written(string rows)
    {
        var path = Path.Combine(_folder.Path, "events.csv");
        File.WriteAllText(path, "hour,machine,kind,code\n" + rows);
        return new FileInfo(path);
    }
}
