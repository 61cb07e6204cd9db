namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// Where things stand in a record of one kind (ISO/IEC 19794-4, -5, -6 of 2011). All numbers are big endian.
/// A record is a general header and one or more representations, each with its own length, capture details and image.
/// </summary>
/// <param name="Magic">The first four bytes, without the closing zero.</param>
/// <param name="Version">The next four, without the closing zero.</param>
/// <param name="GeneralHeader">Bytes before the first representation.</param>
/// <param name="AfterQuality">Bytes between the quality blocks (a finger's certification blocks, too) and the image's length field; a face's landmarks come on top.</param>
/// <param name="PositionAt">Where in those bytes the finger position or the eye label stands; -1 for a face.</param>
internal sealed record IsoLayout(
    RecordKind Kind, string Magic, string Version, int GeneralHeader, int AfterQuality, int PositionAt)
{
    public const int LengthAt = 8;
    public const int RepresentationsAt = 12;
    public const int CertificationFlagAt = 14;

    /// <summary>A finger record's count of distinct positions, an iris record's count of eyes.</summary>
    public const int DistinctPositionsAt = 15;

    /// <summary>In a representation: length 4, capture time 9, technology 1, vendor 2, device type 2; then the count of quality blocks.</summary>
    public const int QualityCountAt = 18;
    public const int QualityBlock = 5;
    public const int CertificationBlock = 3;
    public const int ImageLengthField = 4;

    /// <summary>A landmark of a face (ISO/IEC 19794-5:2011); their count is the first two bytes of the 17 of facial information.</summary>
    public const int LandmarkBlock = 8;

    public static readonly IsoLayout Face = new(RecordKind.Face, "FAC", "030", 17, 17 + 11, -1);
    public static readonly IsoLayout Finger = new(RecordKind.Finger, "FIR", "020", 16, 18, 0);
    public static readonly IsoLayout Iris = new(RecordKind.Iris, "IIR", "020", 16, 29, 2);

    public static readonly IReadOnlyList<IsoLayout> All = [Face, Finger, Iris];

    /// <summary>The shortest representation: no quality block, an image of one byte.</summary>
    public int LeastRepresentation => QualityCountAt + 1 + AfterQuality + ImageLengthField + 1;

    public int LastPosition => Kind switch
    {
        RecordKind.Finger => 10,
        RecordKind.Iris => 2,
        _ => 0,
    };
}
