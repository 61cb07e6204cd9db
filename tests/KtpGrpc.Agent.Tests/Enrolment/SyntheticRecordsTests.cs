using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class SyntheticRecordsTests
{
    private static readonly DateTimeOffset _captured = new(2016, 9, 30, 2, 15, 0, TimeSpan.Zero);

    [Fact]
    public void Person_InFull_HasTenFingersTwoEyesAndAFaceOfAMegabyte()
    {
        var person = SyntheticRecords.Person(seed: 7, _captured);

        Assert.Equal(BodyParts.All.Where(part => part != BodyPart.ExceptionPhoto), person.Keys.Order());
        Assert.InRange(person.Values.Sum(record => record.Length), 1_200_000, 1_400_000);
        Assert.All(person, pair => Assert.IsType<IsoRecordOutcome.Accepted>(pair.Key.Read(pair.Value)));
    }

    [Fact]
    public void Person_Slim_HasTheSamePartsInThreeKilobytes()
    {
        var person = SyntheticRecords.SlimPerson(seed: 7, _captured);

        Assert.Equal(13, person.Count);
        Assert.InRange(person.Values.Sum(record => record.Length), 2_500, 3_500);
        Assert.All(person, pair => Assert.IsType<IsoRecordOutcome.Accepted>(pair.Key.Read(pair.Value)));
    }

    [Fact]
    public void Record_OfTheSameSeed_IsTheSameBytesInEveryProcess()
    {
        var record = SyntheticRecords.Record(BodyPart.RightThumb, seed: 42, _captured, imageBytes: 32);

        Assert.Equal(
            "46495200303230000000005E000100010000004E07E0091E020F000000000000000001500000000001000000000000000000"
            + "0000000000000000000000200000000C6A5020200D0A870AF765053298627A0A4DB984C403429CBF0218C669",
            Convert.ToHexString(record));
    }

    [Fact]
    public void Records_OfTwoSeedsOrTwoParts_Differ()
    {
        var record = SyntheticRecords.Record(BodyPart.RightThumb, seed: 42, _captured, imageBytes: 32);

        Assert.NotEqual(record, SyntheticRecords.Record(BodyPart.RightThumb, seed: 43, _captured, imageBytes: 32));
        Assert.NotEqual(record[61..], SyntheticRecords.Record(BodyPart.RightIndex, seed: 42, _captured, imageBytes: 32)[61..]);
    }

    [Fact]
    public void Part_WithTheRecordOfAnother_IsRefused()
    {
        var left = SyntheticRecords.Record(BodyPart.LeftThumb, seed: 1, _captured, imageBytes: 32);

        var refused = Assert.IsType<IsoRecordOutcome.Refused>(BodyPart.RightThumb.Read(left));

        Assert.Equal("Right_Thumb.iso needs a Finger record of position 1, not a Finger record of 6.", refused.Reason);
    }
}
