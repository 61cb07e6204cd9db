using System.Text.Json;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Printing;

/// <summary>
/// The attempts that are not over, a small file each, on the disk before the step that they name is taken: after a crash
/// the agent knows which cards may have been fed.
/// </summary>
internal sealed class AttemptJournal
{
    private readonly string _directory;
    private readonly Dictionary<string, Attempt> _attempts = [];

    public AttemptJournal(string directory)
    {
        _directory = directory;
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(directory, "*.json"))
        {
            var attempt = JsonSerializer.Deserialize(File.ReadAllBytes(file), AttemptJson.Default.Attempt)
                ?? throw new InvalidDataException($"The attempt in {Path.GetFileName(file)} is empty.");
            _attempts[attempt.JobId] = attempt;
        }
    }

    public IReadOnlyCollection<Attempt> Open => [.. _attempts.Values];

    public void Write(Attempt attempt)
    {
        DurableFile.Write(PathOf(attempt.JobId), JsonSerializer.SerializeToUtf8Bytes(attempt, AttemptJson.Default.Attempt));
        _attempts[attempt.JobId] = attempt;
    }

    public void Close(string jobId)
    {
        File.Delete(PathOf(jobId));
        _attempts.Remove(jobId);
    }

    private string PathOf(string jobId) => Path.Combine(_directory, jobId + ".json");
}
