using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class IsoRecordTests
{
    private static readonly DateTimeOffset _captured = new(2016, 9, 30, 2, 15, 0, TimeSpan.Zero);

    public static TheoryData<string, int> Kinds => new()
    {
        { nameof(BodyPart.Face), 0 },
        { nameof(BodyPart.LeftThumb), 6 },
        { nameof(BodyPart.LeftIris), 2 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Record_WithTrueHeaders_IsAcceptedWithItsPosition(string part, int position)
    {
        var outcome = IsoRecord.Read(Sample(part));

        Assert.Equal(new IsoRecordOutcome.Accepted(Enum.Parse<BodyPart>(part).Kind(), position), outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(68)]
    public void Face_WithLandmarks_IsAcceptedAndRefusedWhenOneIsMissing(int landmarks)
    {
        var marked = WithLandmarks(Sample(nameof(BodyPart.Face)), landmarks, landmarks);

        Assert.IsType<IsoRecordOutcome.Accepted>(IsoRecord.Read(marked));
        Assert.IsType<IsoRecordOutcome.Refused>(IsoRecord.Read(WithLandmarks(Sample(nameof(BodyPart.Face)), landmarks, said: ushort.MaxValue)));
    }

    /// <summary>ISO/IEC 19794-5:2011: the facial information block begins with their number, and they follow its 17 bytes.</summary>
    private static byte[] WithLandmarks(byte[] face, int landmarks, int said)
    {
        const int GeneralHeader = 17;
        const int QualityBlocks = 1 + 5;
        const int FacialInformation = 17;
        var information = GeneralHeader + 18 + QualityBlocks;
        byte[] marked = [.. face[..(information + FacialInformation)], .. new byte[landmarks * 8], .. face[(information + FacialInformation)..]];
        BinaryPrimitives.WriteInt32BigEndian(marked.AsSpan(8), marked.Length);
        BinaryPrimitives.WriteInt32BigEndian(marked.AsSpan(GeneralHeader), marked.Length - GeneralHeader);
        BinaryPrimitives.WriteUInt16BigEndian(marked.AsSpan(information), (ushort)said);
        return marked;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Record_CutAtAnyByte_IsRefused(string part, int position)
    {
        var record = Sample(part);
        Assert.InRange(position, 0, 10);

        for (var length = 0; length < record.Length; length++)
        {
            Assert.IsType<IsoRecordOutcome.Refused>(IsoRecord.Read(record.AsMemory(0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Record_CutAtAnyByteWithAMendedLength_IsRefused(string part, int position)
    {
        var record = Sample(part);
        Assert.InRange(position, 0, 10);

        for (var length = 16; length < record.Length; length++)
        {
            var cut = record[..length];
            BinaryPrimitives.WriteInt32BigEndian(cut.AsSpan(8), length);
            Assert.IsType<IsoRecordOutcome.Refused>(IsoRecord.Read(cut));
        }
    }

    [Theory]
    [InlineData(0, 'X', "The record begins with none of FAC, FIR and IIR.")]
    [InlineData(5, '1', "The FIR record is not of version 020.")]
    [InlineData(11, 0, "The FIR record says it has 0 bytes and has 232.")]
    [InlineData(13, 0, "The FIR record says it has 0 representations.")]
    [InlineData(14, 7, "The FIR record's certification flag is 7.")]
    [InlineData(15, 2, "The FIR record says it has 2 distinct positions, not 1.")]
    [InlineData(13, 2, "Representation 2 of 2 has 0 bytes left of at least 42.")]
    [InlineData(19, 0, "Representation 1 of 1 says it has 0 bytes, possible are 42 to 216.")]
    [InlineData(34, 255, "Representation 1 of 1 of 216 bytes ends inside its header.")]
    [InlineData(40, 0, "Representation 1 of 1 is of position 0, possible are 1 to 10.")]
    [InlineData(40, 13, "Representation 1 of 1 is of position 13, possible are 1 to 10.")]
    [InlineData(61, 0, "Representation 1 of 1 says its image has 0 bytes, possible are 1 to 170.")]
    [InlineData(60, 1, "Representation 1 of 1 says its image has 426 bytes, possible are 1 to 170.")]
    public void Record_WithAWrongByte_IsRefusedWithTheReasonInNumbers(int at, int value, string reason)
    {
        var record = SyntheticRecords.Record(BodyPart.LeftThumb, seed: 1, _captured, imageBytes: 170);
        Assert.Equal(232, record.Length);

        record[at] = (byte)value;

        Assert.Equal(new IsoRecordOutcome.Refused(reason), IsoRecord.Read(record));
    }

    [Fact]
    public void Record_WithCertificationBlocksAndExtendedData_IsAccepted()
    {
        var plain = SyntheticRecords.Record(BodyPart.RightIndex, seed: 2, _captured, imageBytes: 64);
        byte[] certification = [2, 0, 0x40, 2, 0, 0x40, 2];
        byte[] record = [.. plain[..40], .. certification, .. plain[40..], .. new byte[60]];
        record[14] = 1;
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(8), record.Length);
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(16), record.Length - 16);

        Assert.Equal(new IsoRecordOutcome.Accepted(RecordKind.Finger, 2), IsoRecord.Read(record));
    }

    [Fact]
    public void Record_WithTwoRepresentationsOfTwoFingers_IsRefused()
    {
        var first = SyntheticRecords.Record(BodyPart.RightIndex, seed: 2, _captured, imageBytes: 64);
        var second = SyntheticRecords.Record(BodyPart.RightMiddle, seed: 2, _captured, imageBytes: 64);
        byte[] record = [.. first, .. second[16..]];
        record[13] = 2;
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(8), record.Length);

        var refused = Assert.IsType<IsoRecordOutcome.Refused>(IsoRecord.Read(record));

        Assert.Equal("Representation 2 of 2 is of position 3, the first is of 2.", refused.Reason);
    }

    [Fact]
    public void Record_WithAnyBytesChanged_IsJudgedWithoutAFault()
    {
        var samples = Gen.Elements(nameof(BodyPart.Face), nameof(BodyPart.LeftThumb), nameof(BodyPart.LeftIris)).Select(Sample);
        var changes = Gen.Choose(0, 79).Zip(Gen.Choose(0, 255)).Select(change => (At: change.Item1, Value: change.Item2)).NonEmptyListOf();

        Property.Holds(samples.Zip(changes), drawn =>
        {
            var record = drawn.Item1.ToArray();
            foreach (var (at, value) in drawn.Item2)
            {
                record[at] = (byte)value;
            }

            Assert.NotNull(IsoRecord.Read(record));
        }, runs: 2_000);
    }

    private static byte[] Sample(string part) => SyntheticRecords.Record(Enum.Parse<BodyPart>(part), seed: 1, _captured, imageBytes: 170);
}
