using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests.Devices;

public sealed class PeopleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ktp-people-").FullName;

    public PeopleTests()
    {
        foreach (var (part, record) in SyntheticRecords.SlimPerson(1, DateTimeOffset.UnixEpoch))
        {
            File.WriteAllBytes(Path.Combine(_folder, part.FileName()), record);
        }
    }

    [Fact]
    public void Person_ReadFromAFolder_IsWhatTheDevicesCapture()
    {
        var captured = People.Read(_folder).Capture([BodyPart.LeftThumb]);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "Left_Thumb.iso")), captured[BodyPart.LeftThumb]);
    }

    [Fact]
    public void Folder_WithoutAPart_IsRefusedByName()
    {
        File.Delete(Path.Combine(_folder, "Left_Thumb.iso"));

        Assert.Contains("Left_Thumb.iso", Assert.Throws<ScenarioException>(() => People.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_WithATruncatedRecord_IsRefusedWithTheReason()
    {
        var path = Path.Combine(_folder, "Right_Iris.iso");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^7]);

        Assert.Contains("Right_Iris.iso is not a usable record", Assert.Throws<ScenarioException>(() => People.Read(_folder)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
