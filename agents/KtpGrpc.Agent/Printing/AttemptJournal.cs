using System.Text.Json;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Printing;

/// <summary>
/// The attempts that are not over, on the disk before the step that they name is taken: after a crash the agent knows which
/// cards may have been fed. One file of pages that are written in turn and in place: a step costs one flush, where a file
/// of its own would cost two and a renaming, and a torn page destroys no earlier one.
/// </summary>
internal sealed class AttemptJournal
{
    private const int Pages = 64;

    private readonly string _path;
    private readonly Dictionary<string, (Attempt Attempt, int Page)> _open = [];
    private long _sequence;

    public AttemptJournal(string directory)
    {
        Directory.CreateDirectory(directory);
        _path = Path.Combine(directory, "attempts");
        if (!File.Exists(_path))
        {
            // Whole from the start: afterwards the file never grows, and a step works on a full disk, too.
            DurableFile.Write(_path, new byte[Pages * AttemptPage.Bytes]);
            return;
        }

        Load();
    }

    public IReadOnlyCollection<Attempt> Open => [.. _open.Values.Select(open => open.Attempt)];

    public void Write(Attempt attempt)
    {
        // One page stays free, to write the next step of an open attempt beside its last.
        if (_open.Count == Pages - 1 && !_open.ContainsKey(attempt.JobId))
        {
            throw new InvalidOperationException($"{_open.Count} attempts are open, the most there may be.");
        }

        _open[attempt.JobId] = (attempt, Put(attempt, flush: true));
    }

    /// <summary>Not flushed: at worst the report is made again, and gets the same answer.</summary>
    public void Close(string jobId)
    {
        if (_open.TryGetValue(jobId, out var last))
        {
            Put(last.Attempt with { Step = AttemptStep.Closed, Report = [] }, flush: false);
            _open.Remove(jobId);
        }
    }

    private int Put(Attempt attempt, bool flush)
    {
        // The oldest page goes first, so the latest word on an attempt outlives the ones before it; an open one stays.
        int page;
        do
        {
            page = (int)(++_sequence % Pages);
        }
        while (_open.Values.Any(open => open.Page == page));

        using var handle = File.OpenHandle(_path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(handle, AttemptPage.Write(_sequence, JsonSerializer.SerializeToUtf8Bytes(attempt, AttemptJson.Default.Attempt)), (long)page * AttemptPage.Bytes);
        if (flush)
        {
            DurableFile.FlushData(handle);
        }

        return page;
    }

    private void Load()
    {
        var bytes = File.ReadAllBytes(_path);
        var found = new SortedDictionary<long, (Attempt Attempt, int Page)>();
        for (var page = 0; (page + 1) * AttemptPage.Bytes <= bytes.Length; page++)
        {
            if (AttemptPage.Read(bytes.AsSpan(page * AttemptPage.Bytes, AttemptPage.Bytes), out var sequence) is { Length: > 0 } content)
            {
                found[sequence] = (JsonSerializer.Deserialize(content, AttemptJson.Default.Attempt)!, page);
                _sequence = Math.Max(_sequence, sequence);
            }
        }

        foreach (var (attempt, page) in found.Values)
        {
            if (attempt.Step == AttemptStep.Closed)
            {
                _open.Remove(attempt.JobId);
            }
            else
            {
                _open[attempt.JobId] = (attempt, page);
            }
        }
    }
}
