using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Outbox;

public sealed class DiskOutboxKillTests : IDisposable
{
    private const int Rounds = 3;
    private const int AnswersBeforeTheKill = 200;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Records_AnsweredBeforeTheProcessIsKilled_AreAllThere()
    {
        var answered = new Dictionary<long, int>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (position, number) in AnswersOfAKilledProcess())
            {
                Assert.True(answered.TryAdd(position, number), $"Position {position} was given twice.");
            }
        }

        using var outbox = DiskOutbox.Open(_folder.Path, new OutboxOptions());
        var records = outbox.Read(1, int.MaxValue).ToDictionary(record => record.Position, record => record.Payload);

        Assert.True(answered.Count >= Rounds * AnswersBeforeTheKill);
        Assert.All(answered, answer => Assert.Equal(AppendingChild.Payload(answer.Value), records[answer.Key]));
        Assert.InRange(records.Count, answered.Count, answered.Count + Rounds);
    }

    private List<(long Position, int Number)> AnswersOfAKilledProcess()
    {
        var answers = new List<(long, int)>();
        using var child = AppendingChild.Start(_folder.Path);
        while (child.StandardOutput.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var position, var number, AppendingChild.EndOfLine])
            {
                answers.Add((long.Parse(position), int.Parse(number)));
            }

            if (answers.Count == AnswersBeforeTheKill)
            {
                child.Kill();
            }
        }

        child.WaitForExit();
        return answers;
    }
}
