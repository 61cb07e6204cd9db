using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>Records one citizen: every capture device in turn, at most three tries each, then seals and saves.</summary>
internal sealed class Recording(Kit kit, PacketStore packets, OfferNotes notes, X509Certificate2 centre, TimeProvider time)
{
    /// <summary>Tries before a citizen is sent home, as the kits' own software has it.</summary>
    private const int Tries = 3;

    private readonly PacketSealer _sealer = new();

    /// <exception cref="ArgumentException">The citizen's village is in another regency; nothing was captured.</exception>
    /// <param name="partRefused">Hears of each record whose form is wrong, with the device and the reason.</param>
    public async Task<RecordOutcome> RecordAsync(
        Citizen citizen, X509Certificate2 station, StationId stationId, DateTimeOffset now, Action<IDevice, string> partRefused, CancellationToken cancellation)
    {
        if (citizen.Village is { } village && !village.IsNear(stationId))
        {
            // The server would refuse the packet, and the citizen would have come in vain.
            throw new ArgumentException($"Village {village} is not in the regency of {stationId}: leave it out where the citizen lives elsewhere.", nameof(citizen));
        }

        var started = time.GetTimestamp();
        using var parts = new CapturedParts();
        foreach (var device in kit.Capture)
        {
            if (await CaptureAsync(device, parts, now, partRefused, cancellation) is { } code)
            {
                return new RecordOutcome.Failed($"{device.Identity.Kind}/{device.Identity.Serial}", code);
            }
        }

        var packet = PacketId.New(now);
        var sealedPacket = _sealer.Seal(parts, new PacketManifest(packet, stationId, now, citizen), centre, station);
        try
        {
            notes.Write(packet, citizen, now, time.GetElapsedTime(started));
        }
        catch (IOException fault) when (DurableFile.IsDiskFull(fault))
        {
            return new RecordOutcome.Full();
        }

        if (packets.Save(packet, sealedPacket) is SaveOutcome.Saved { Packet: var saved })
        {
            return new RecordOutcome.Saved(packet, saved.Sha256);
        }

        notes.Delete(packet);
        return new RecordOutcome.Full();
    }

    /// <summary>Null when all parts of the device are there, else why not.</summary>
    private static async Task<string?> CaptureAsync(
        ICaptureDevice device, CapturedParts parts, DateTimeOffset now, Action<IDevice, string> partRefused, CancellationToken cancellation)
    {
        var code = "";
        for (var tried = 0; tried < Tries; tried++)
        {
            switch (await device.CaptureAsync(now, cancellation))
            {
                case CaptureOutcome.Failed failed:
                    code = failed.Code;
                    break;
                case CaptureOutcome.Captured captured:
                    var missing = device.Parts.Where(part => !captured.Records.ContainsKey(part)).Select(part => $"{part.FileName()} is missing.");
                    var refused = Take(captured.Records, parts).Concat(missing).ToList();
                    refused.ForEach(reason => partRefused(device, reason));
                    if (refused.Count == 0)
                    {
                        return null;
                    }

                    code = "record-refused";
                    break;
            }
        }

        return code;
    }

    private static List<string> Take(IReadOnlyDictionary<BodyPart, byte[]> records, CapturedParts parts) =>
        [.. records.Select(record => parts.Add(record.Key, record.Value)).OfType<IsoRecordOutcome.Refused>().Select(refused => refused.Reason)];
}
