using System.Buffers.Binary;
using System.Text;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// Reads the headers of an ISO/IEC 19794 biometric record and refuses one that contradicts itself, before it is sealed:
/// behind the seal nobody but the centre could tell, and the citizen would have gone home.
/// </summary>
internal static class IsoRecord
{
    public static IsoRecordOutcome Read(ReadOnlyMemory<byte> record)
    {
        var bytes = record.Span;
        if (bytes.Length < IsoLayout.DistinctPositionsAt + 1)
        {
            return Refuse($"The record has {bytes.Length} bytes, fewer than the 16 of a general header.");
        }

        var layout = LayoutOf(bytes);
        if (layout is null)
        {
            return Refuse("The record begins with none of FAC, FIR and IIR.");
        }

        return GeneralHeaderFault(bytes, layout) is { } fault ? Refuse(fault) : Representations(bytes, layout);
    }

    private static IsoLayout? LayoutOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var layout in IsoLayout.All)
        {
            if (IsText(bytes, layout.Magic))
            {
                return layout;
            }
        }

        return null;
    }

    private static string? GeneralHeaderFault(ReadOnlySpan<byte> bytes, IsoLayout layout)
    {
        if (bytes.Length < layout.GeneralHeader)
        {
            return $"The {layout.Magic} record has {bytes.Length} bytes, fewer than the {layout.GeneralHeader} of its general header.";
        }

        if (!IsText(bytes[4..], layout.Version))
        {
            return $"The {layout.Magic} record is not of version {layout.Version}.";
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[IsoLayout.LengthAt..]);
        if (length != bytes.Length)
        {
            return $"The {layout.Magic} record says it has {length} bytes and has {bytes.Length}.";
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[IsoLayout.RepresentationsAt..]) == 0)
        {
            return $"The {layout.Magic} record says it has 0 representations.";
        }

        var flag = bytes[IsoLayout.CertificationFlagAt];
        if (flag > (layout.Kind == RecordKind.Finger ? 1 : 0))
        {
            return $"The {layout.Magic} record's certification flag is {flag}.";
        }

        // A packet keeps every finger and every eye in a file of its own, so a record has one position.
        var positions = bytes[IsoLayout.DistinctPositionsAt];
        return layout.Kind != RecordKind.Face && positions != 1
            ? $"The {layout.Magic} record says it has {positions} distinct positions, not 1."
            : null;
    }

    private static IsoRecordOutcome Representations(ReadOnlySpan<byte> bytes, IsoLayout layout)
    {
        var count = BinaryPrimitives.ReadUInt16BigEndian(bytes[IsoLayout.RepresentationsAt..]);
        var rest = bytes[layout.GeneralHeader..];
        var position = 0;

        for (var number = 1; number <= count; number++)
        {
            if (rest.Length < layout.LeastRepresentation)
            {
                return Refuse($"Representation {number} of {count} has {rest.Length} bytes left of at least {layout.LeastRepresentation}.");
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length < layout.LeastRepresentation || length > rest.Length)
            {
                return Refuse(
                    $"Representation {number} of {count} says it has {length} bytes, possible are {layout.LeastRepresentation} to {rest.Length}.");
            }

            var certified = bytes[IsoLayout.CertificationFlagAt] == 1;
            if (IsoRepresentation.Fault(rest[..(int)length], layout, certified, out var found) is { } fault)
            {
                return Refuse($"Representation {number} of {count} {fault}");
            }

            if (number > 1 && found != position)
            {
                return Refuse($"Representation {number} of {count} is of position {found}, the first is of {position}.");
            }

            position = found;
            rest = rest[(int)length..];
        }

        return rest.IsEmpty
            ? new IsoRecordOutcome.Accepted(layout.Kind, position)
            : Refuse($"{rest.Length} bytes follow the last of {count} representations.");
    }

    private static bool IsText(ReadOnlySpan<byte> bytes, string text) =>
        Ascii.Equals(bytes[..text.Length], text) && bytes[text.Length] == 0;

    private static IsoRecordOutcome.Refused Refuse(string reason) => new(reason);
}
