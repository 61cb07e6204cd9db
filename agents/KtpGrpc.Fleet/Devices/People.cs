using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Devices;

/// <summary>The person in front of every simulated device: the same ISO records each time, real ones or synthetic.</summary>
internal sealed class People
{
    private readonly IReadOnlyDictionary<BodyPart, byte[]> _records;

    private People(IReadOnlyDictionary<BodyPart, byte[]> records) => _records = records;

    /// <summary>The parts there is a record of.</summary>
    public IEnumerable<BodyPart> Parts => _records.Keys;

    public static People Synthetic(int seed, DateTimeOffset capturedAt) => new(SyntheticRecords.Person(seed, capturedAt));

    /// <summary>Reads <c>Left_Thumb.iso</c> and so on; of the parts only the exception photo may be missing.</summary>
    public static People Read(string folder)
    {
        var found = BodyParts.All.Where(part => File.Exists(Path.Combine(folder, part.FileName()))).ToDictionary(
            part => part, part => File.ReadAllBytes(Path.Combine(folder, part.FileName())));
        var missing = BodyParts.All.Where(part => part != BodyPart.ExceptionPhoto && !found.ContainsKey(part)).Select(part => part.FileName()).ToList();
        if (missing.Count > 0)
        {
            throw new ScenarioException($"{folder} has no {string.Join(", ", missing)}.");
        }

        foreach (var (part, record) in found)
        {
            if (part.Read(record) is IsoRecordOutcome.Refused refused)
            {
                throw new ScenarioException($"{Path.Combine(folder, part.FileName())} is not a usable record: {refused.Reason}");
            }
        }

        return new People(found);
    }

    /// <summary>Copies, for whoever gets a capture owns and overwrites it.</summary>
    public IReadOnlyDictionary<BodyPart, byte[]> Capture(IEnumerable<BodyPart> parts) =>
        parts.ToDictionary(part => part, part => (byte[])_records[part].Clone());
}
