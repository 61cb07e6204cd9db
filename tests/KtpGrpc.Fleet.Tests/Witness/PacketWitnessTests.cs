using System.Security.Cryptography;
using KtpGrpc.Fleet.Witness;

namespace KtpGrpc.Fleet.Tests.Witness;

public sealed class PacketWitnessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ktp-packets-").FullName;
    private readonly List<string> _hashes = [];

    public PacketWitnessTests()
    {
        for (var packet = 0; packet < 5; packet++)
        {
            var bytes = RandomNumberGenerator.GetBytes(1000);
            _hashes.Add(Convert.ToHexStringLower(SHA256.HashData(bytes)));
            var day = Directory.CreateDirectory(Path.Combine(_folder, $"day{packet % 2}"));
            File.WriteAllBytes(Path.Combine(day.FullName, $"{packet}.cms"), bytes);
        }
    }

    [Fact]
    public void Packets_ThatAreAllOnTheDisk_AreNotLost() => Assert.Equal(0, PacketWitness.Lost(_hashes, _folder));

    [Fact]
    public void Packet_WhoseFileWasDeleted_IsLost()
    {
        File.Delete(Path.Combine(_folder, "day1", "3.cms"));

        Assert.Equal(1, PacketWitness.Lost(_hashes, _folder));
    }

    [Fact]
    public void Packet_WithAnotherByte_IsLost()
    {
        var path = Path.Combine(_folder, "day0", "2.cms");
        var bytes = File.ReadAllBytes(path);
        bytes[500] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Equal(1, PacketWitness.Lost(_hashes, _folder));
    }

    [Fact]
    public void Packet_ThatHasOnlyArrived_IsLost()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "incoming"));
        File.Move(Path.Combine(_folder, "day1", "3.cms"), Path.Combine(_folder, "incoming", "3"));

        Assert.Equal(1, PacketWitness.Lost(_hashes, _folder));
    }

    [Fact]
    public void Packets_WithoutAFolder_AreAllLost() => Assert.Equal(5, PacketWitness.Lost(_hashes, Path.Combine(_folder, "elsewhere")));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
