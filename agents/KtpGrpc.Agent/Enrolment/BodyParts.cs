using System.Text;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>How a part is called in a packet, and which record belongs to it.</summary>
internal static class BodyParts
{
    public static readonly IReadOnlyList<BodyPart> All = Enum.GetValues<BodyPart>();

    /// <summary>As the biometric devices' own samples are named: <c>Left_Thumb.iso</c>.</summary>
    public static string FileName(this BodyPart part)
    {
        var name = new StringBuilder();
        foreach (var letter in part.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0)
            {
                name.Append('_');
            }

            name.Append(letter);
        }

        return name.Append(".iso").ToString();
    }

    public static RecordKind Kind(this BodyPart part) => part switch
    {
        <= BodyPart.LeftLittle => RecordKind.Finger,
        BodyPart.RightIris or BodyPart.LeftIris => RecordKind.Iris,
        _ => RecordKind.Face,
    };

    /// <summary>The position that the part's record must carry: the finger's number, 1 or 2 for an eye, 0 for a face.</summary>
    public static int Position(this BodyPart part) => part.Kind() switch
    {
        RecordKind.Finger => (int)part,
        RecordKind.Iris => part - BodyPart.RightIris + 1,
        _ => 0,
    };

    /// <summary>Reads a record as that of one part: a left thumb delivered for a right one is refused.</summary>
    public static IsoRecordOutcome Read(this BodyPart part, ReadOnlyMemory<byte> record)
    {
        var outcome = IsoRecord.Read(record);
        return outcome is IsoRecordOutcome.Accepted found && (found.Kind != part.Kind() || found.Position != part.Position())
            ? new IsoRecordOutcome.Refused(
                $"{part.FileName()} needs a {part.Kind()} record of position {part.Position()}, not a {found.Kind} record of {found.Position}.")
            : outcome;
    }
}
