using KtpGrpc.Agent.Printing;

namespace KtpGrpc.Agent.Tests.Printing;

public sealed class AttemptJournalTests : IDisposable
{
    private const int Page = 4096;

    private readonly TempFolder _folder = new();

    [Fact]
    public void Attempt_AtEachStep_IsKnownAfterARestart()
    {
        var journal = new AttemptJournal(_folder.Path);

        foreach (var step in new[] { AttemptStep.Starting, AttemptStep.Started, AttemptStep.Ended })
        {
            journal.Write(Attempt("a", step));

            var found = Assert.Single(new AttemptJournal(_folder.Path).Open);
            Assert.Equal(("a", 7L, step), (found.JobId, found.Epoch, found.Step));
            Assert.Equal([1, 2, 3], found.Report);
        }
    }

    [Fact]
    public void Attempt_ThatIsClosed_DoesNotComeBack()
    {
        var journal = new AttemptJournal(_folder.Path);
        journal.Write(Attempt("a", AttemptStep.Ended));
        journal.Write(Attempt("b", AttemptStep.Started));

        journal.Close("a");

        Assert.Equal("b", Assert.Single(journal.Open).JobId);
        Assert.Equal("b", Assert.Single(new AttemptJournal(_folder.Path).Open).JobId);
    }

    [Fact]
    public void Attempts_ThroughManyRestarts_LeaveOnlyTheOpenOneHoweverOldItIs()
    {
        var journal = new AttemptJournal(_folder.Path);
        journal.Write(Attempt("old", AttemptStep.Started));

        for (var card = 0; card < 1000; card++)
        {
            journal.Write(Attempt($"{card}", AttemptStep.Starting));
            journal.Write(Attempt($"{card}", AttemptStep.Started));
            journal.Write(Attempt($"{card}", AttemptStep.Ended));
            journal.Close($"{card}");
            journal = card % 7 == 0 ? new AttemptJournal(_folder.Path) : journal;

            Assert.Equal("old", Assert.Single(journal.Open).JobId);
        }

        Assert.Equal(64 * Page, new FileInfo(Path.Combine(_folder.Path, "attempts")).Length);
    }

    [Fact]
    public void Page_ThatWasTornWhileItWasWritten_LeavesTheStepBefore()
    {
        var journal = new AttemptJournal(_folder.Path);
        journal.Write(Attempt("a", AttemptStep.Starting));
        journal.Write(Attempt("a", AttemptStep.Started));
        var path = Path.Combine(_folder.Path, "attempts");
        var bytes = File.ReadAllBytes(path);
        bytes[(2 * Page) + 40] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Equal(AttemptStep.Starting, Assert.Single(new AttemptJournal(_folder.Path).Open).Step);
    }

    [Fact]
    public void Attempts_MoreThanThereArePages_AreAFault()
    {
        var journal = new AttemptJournal(_folder.Path);
        for (var job = 0; job < 63; job++)
        {
            journal.Write(Attempt($"{job}", AttemptStep.Starting));
        }

        Assert.Throws<InvalidOperationException>(() => journal.Write(Attempt("63", AttemptStep.Starting)));
        Assert.Equal(63, new AttemptJournal(_folder.Path).Open.Count);
    }

    public void Dispose() => _folder.Dispose();

    private static Attempt Attempt(string job, AttemptStep step) => new(job, 7, step, [1, 2, 3]);
}
