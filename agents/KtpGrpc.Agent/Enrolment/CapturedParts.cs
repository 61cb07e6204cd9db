using System.Security.Cryptography;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// The biometric records of one citizen between capture and seal, in memory only.
/// It owns the buffers handed to it and overwrites them when disposed.
/// </summary>
internal sealed class CapturedParts : IDisposable
{
    private readonly SortedDictionary<BodyPart, byte[]> _records = [];

    public int Count => _records.Count;

    public long TotalBytes => _records.Values.Sum(record => (long)record.Length);

    public IEnumerable<KeyValuePair<BodyPart, byte[]>> Records => _records;

    /// <summary>
    /// Takes a part's record; a second capture of the same part replaces the first. A refused record is overwritten, too,
    /// for nobody else is left to do it.
    /// </summary>
    public IsoRecordOutcome Add(BodyPart part, byte[] record)
    {
        var outcome = part.Read(record);
        if (outcome is not IsoRecordOutcome.Accepted)
        {
            CryptographicOperations.ZeroMemory(record);
            return outcome;
        }

        if (_records.TryGetValue(part, out var replaced) && !ReferenceEquals(replaced, record))
        {
            CryptographicOperations.ZeroMemory(replaced);
        }

        _records[part] = record;
        return outcome;
    }

    public void Dispose()
    {
        foreach (var record in _records.Values)
        {
            CryptographicOperations.ZeroMemory(record);
        }

        _records.Clear();
    }
}
