using Grpc.Core;
using KtpGrpc.Server.Enrolment;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Enrolment;

/// <summary>Two servers on one database and one folder of packets: what has a receipt stays.</summary>
public sealed class SharedFolderTests
{
    private const string District = "53.71.04";

    [Fact]
    public async Task ReceivedPacket_ThatLiesAmongTheIncoming_IsPutBack()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var (moved, doubled, damaged) = (new Sealed(200_000, 1), new Sealed(200_000, 2), new Sealed(200_000, 3));
        foreach (var packet in (Sealed[])[moved, doubled, damaged])
        {
            await packet.SendAsync(station);
        }

        File.Move(KeptFile(server, moved), moved.IncomingFile(server));
        File.Copy(KeptFile(server, doubled), doubled.IncomingFile(server));
        await File.WriteAllBytesAsync(damaged.IncomingFile(server), [1, 2, 3]);
        await SweepAsync(server);

        Assert.All((Sealed[])[moved, doubled, damaged], packet => Assert.Equal(packet.Bytes, Sealed.Kept(server)[packet.Id]));
        Assert.False(File.Exists(moved.IncomingFile(server)));
        Assert.False(File.Exists(doubled.IncomingFile(server)));
    }

    [Fact]
    public async Task ServerThatWasSlow_TakesNoReceivedPacketBack()
    {
        await using var fast = await RunningServer.StartAsync(Engine.Postgres);
        await using var slow = await RunningServer.StartAsync(like: fast.Options);
        await fast.PutRegionsAsync(District);
        var station = await fast.JoinAsync(District);
        var packet = new Sealed(200_000);
        await packet.OfferAsync(station);
        var stale = (await slow.Services.GetRequiredService<PacketBook>().FindAsync(PacketId.Require(packet.Id), CancellationToken.None)).Offer!;
        await packet.SendAsync(station);
        var intake = slow.Services.GetRequiredService<PacketIntake>();

        var refused = await Assert.ThrowsAsync<RpcException>(() => intake.OpenAsync(stale, CancellationToken.None));

        Assert.Equal(StatusCode.Aborted, refused.StatusCode);
        Assert.Equal(packet.Bytes, Sealed.Kept(fast)[packet.Id]);
        await SweepAsync(slow);
        Assert.Equal(packet.Bytes, Sealed.Kept(fast)[packet.Id]);
    }

    [Fact]
    public async Task Packet_WhoseFileIsNotInItsPlace_GetsNoReceipt()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var packet = new Sealed(200_000);
        await packet.OfferAsync(station);
        var book = server.Services.GetRequiredService<PacketBook>();
        var offer = (await book.FindAsync(PacketId.Require(packet.Id), CancellationToken.None)).Offer!;

        var refused = await Assert.ThrowsAsync<RpcException>(() => book.ReceiveAsync(offer, () => false));

        Assert.Equal(StatusCode.Aborted, refused.StatusCode);
        await packet.SendAsync(station);
        Assert.Equal(packet.Bytes, Sealed.Kept(server)[packet.Id]);
        Assert.Empty(await server.FaultsAsync());
    }

    private static string KeptFile(RunningServer server, Sealed packet) =>
        Directory.EnumerateFiles(Path.Combine(server.Options.Data, "packets"), packet.Id + ".cms", SearchOption.AllDirectories).Single();

    private static Task SweepAsync(RunningServer server) =>
        server.Services.GetRequiredService<PacketIntake>().SweepAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);
}
