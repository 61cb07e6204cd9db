using System.Buffers.Binary;
using System.Text;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// Biometric records of nobody: true headers, and an image of pseudo-random bytes of the size asked for.
/// The same seed and time give the same bytes, so a simulated capture can be repeated.
/// </summary>
internal static class SyntheticRecords
{
    /// <summary>The signature box by which every JPEG 2000 file begins.</summary>
    private static ReadOnlySpan<byte> ImageSignature => [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A];

    private const byte Quality = 80;

    /// <summary>Thirteen parts of about 1.3 MB together, as a kit delivers them.</summary>
    public static IReadOnlyDictionary<BodyPart, byte[]> Person(int seed, DateTimeOffset capturedAt) =>
        Person(seed, capturedAt, finger: 100_000, iris: 55_000, face: 170_000);

    /// <summary>The same parts with tiny images, about 3 KB together, for fleets of many stations.</summary>
    public static IReadOnlyDictionary<BodyPart, byte[]> SlimPerson(int seed, DateTimeOffset capturedAt) =>
        Person(seed, capturedAt, finger: 160, iris: 160, face: 160);

    /// <param name="imageBytes">Length of the image, at least 12 bytes.</param>
    public static byte[] Record(BodyPart part, int seed, DateTimeOffset capturedAt, int imageBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageBytes, ImageSignature.Length);
        var layout = IsoLayout.All.Single(layout => layout.Kind == part.Kind());
        var representation = IsoLayout.QualityCountAt + 1 + IsoLayout.QualityBlock
            + layout.AfterQuality + IsoLayout.ImageLengthField + imageBytes;
        var record = new byte[layout.GeneralHeader + representation];

        WriteGeneralHeader(record, layout);
        var at = layout.GeneralHeader;
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(at), representation);
        WriteTime(record.AsSpan(at + 4), capturedAt);
        at += IsoLayout.QualityCountAt;
        record[at] = 1;
        record[at + 1] = Quality;
        at += 1 + IsoLayout.QualityBlock;
        if (layout.PositionAt >= 0)
        {
            record[at + layout.PositionAt] = (byte)part.Position();
        }

        at += layout.AfterQuality;
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(at), imageBytes);
        var image = record.AsSpan(at + IsoLayout.ImageLengthField);
        new Random(HashOf(seed, part)).NextBytes(image);
        ImageSignature.CopyTo(image);
        return record;
    }

    private static Dictionary<BodyPart, byte[]> Person(int seed, DateTimeOffset capturedAt, int finger, int iris, int face) =>
        BodyParts.All.Where(part => part != BodyPart.ExceptionPhoto).ToDictionary(
            part => part,
            part => Record(part, seed, capturedAt, part.Kind() switch
            {
                RecordKind.Finger => finger,
                RecordKind.Iris => iris,
                _ => face,
            }));

    private static void WriteGeneralHeader(Span<byte> record, IsoLayout layout)
    {
        Encoding.ASCII.GetBytes(layout.Magic, record);
        Encoding.ASCII.GetBytes(layout.Version, record[4..]);
        BinaryPrimitives.WriteInt32BigEndian(record[IsoLayout.LengthAt..], record.Length);
        BinaryPrimitives.WriteUInt16BigEndian(record[IsoLayout.RepresentationsAt..], 1);
        record[IsoLayout.DistinctPositionsAt] = layout.Kind == RecordKind.Face ? (byte)0 : (byte)1;
    }

    private static void WriteTime(Span<byte> field, DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)utc.Year);
        field[2] = (byte)utc.Month;
        field[3] = (byte)utc.Day;
        field[4] = (byte)utc.Hour;
        field[5] = (byte)utc.Minute;
        field[6] = (byte)utc.Second;
        BinaryPrimitives.WriteUInt16BigEndian(field[7..], (ushort)utc.Millisecond);
    }

    // HashCode is seeded anew by every process; this must not be.
    private static int HashOf(int seed, BodyPart part) => unchecked((seed * 31) + ((int)part * 7919));
}
