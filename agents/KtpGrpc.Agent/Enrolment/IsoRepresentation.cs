using System.Buffers.Binary;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>One representation inside a biometric record: its position, and whether its image is as long as it says.</summary>
internal static class IsoRepresentation
{
    /// <returns>The rest of the sentence "Representation 1 of 1 …", or null when nothing is wrong.</returns>
    public static string? Fault(ReadOnlySpan<byte> representation, IsoLayout layout, bool certified, out int position)
    {
        position = 0;
        var at = IsoLayout.QualityCountAt;
        if (!Skip(representation, ref at, IsoLayout.QualityBlock)
            || (certified && !Skip(representation, ref at, IsoLayout.CertificationBlock))
            || representation.Length - at < layout.AfterQuality + IsoLayout.ImageLengthField)
        {
            return $"of {representation.Length} bytes ends inside its header.";
        }

        if (layout.PositionAt >= 0)
        {
            position = representation[at + layout.PositionAt];
            if (position < 1 || position > layout.LastPosition)
            {
                return $"is of position {position}, possible are 1 to {layout.LastPosition}.";
            }
        }

        var landmarks = layout.Kind == RecordKind.Face ? BinaryPrimitives.ReadUInt16BigEndian(representation[at..]) * IsoLayout.LandmarkBlock : 0;
        at += layout.AfterQuality + landmarks;
        if (representation.Length - at <= IsoLayout.ImageLengthField)
        {
            return $"of {representation.Length} bytes ends inside its {landmarks / IsoLayout.LandmarkBlock} landmarks.";
        }

        var image = BinaryPrimitives.ReadUInt32BigEndian(representation[at..]);
        var room = representation.Length - at - IsoLayout.ImageLengthField;

        // A finger's image may be followed by extended data; nothing may end before its image does.
        return image == 0 || image > room ? $"says its image has {image} bytes, possible are 1 to {room}." : null;
    }

    private static bool Skip(ReadOnlySpan<byte> bytes, ref int at, int block)
    {
        if (at >= bytes.Length)
        {
            return false;
        }

        at += 1 + (bytes[at] * block);
        return true;
    }
}
