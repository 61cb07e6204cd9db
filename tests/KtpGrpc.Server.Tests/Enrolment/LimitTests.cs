using System.Collections.Concurrent;
using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Server.Enrolment;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Enrolment;

public sealed class LimitTests
{
    private const string District = "53.71.04";

    [Fact]
    public async Task Disk_Full_RefusesWithoutAReceiptAndGoesOnWhenThereIsRoom()
    {
        // A disk of 1 MB under the packets; the database is elsewhere. Without the right to mount one, every byte goes to
        // the device that is always full.
        using var folder = new TempFolder();
        var packets = Directory.CreateDirectory(Path.Combine(folder["data"], "packets")).FullName;
        using var disk = SmallDisk.Under(packets);
        await using var server = await RunningServer.StartAsync(like: new() { Data = folder["data"], ControlPort = 0, UploadPort = 0, HttpPort = 0 });
        server.ExpectError("Upload found the disk full");
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var (small, large) = (new Sealed(300_000, 1), new Sealed(900_000, 2));
        var receipt = await small.SendAsync(station);
        await large.OfferAsync(station);
        disk.Fill(large.IncomingFile(server));

        var refusal = await Assert.ThrowsAsync<RpcException>(() => large.SendAsync(station));
        var totals = await UploadTests.TotalsAsync(server);
        var noReceipt = await Assert.ThrowsAsync<RpcException>(async () => await Sealed.Uploads(station).GetReceiptAsync(new GetReceiptRequest { PacketId = large.Id }));
        disk.MakeRoom(large.IncomingFile(server));
        var later = await large.SendAsync(station);

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("disk is full", refusal.Status.Detail);
        Assert.Equal((1, 300_000, 0), totals);
        Assert.Equal(StatusCode.NotFound, noReceipt.StatusCode);
        UploadTests.AssertSigned(server, later);
        Assert.Equal(large.Bytes, Sealed.Kept(server)[large.Id]);
        Assert.Equal(small.Bytes, Sealed.Kept(server)[receipt.PacketId]);
        await UploadTests.AssertFoldHoldsAsync(server);
    }

    [Fact]
    public async Task Uploads_BeyondFiveHundred_AreRefusedUntilOneEnds()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District);
        var slots = server.Services.GetRequiredService<UploadSlots>();
        var open = new List<AsyncClientStreamingCall<UploadRequest, UploadResponse>>();
        for (var kit = 0; kit < 10; kit++)
        {
            var station = await server.JoinAsync(District);
            open.AddRange(Enumerable.Range(0, 50).Select(_ => Sealed.Uploads(station).Upload()));
        }

        // They hold their slots for 10 s of silence, then go by themselves.
        await Eventually.HoldsAsync(() => slots.Taken == 500);
        var last = await server.JoinAsync(District);
        var packet = new Sealed(1000);
        await packet.OfferAsync(last);
        var refusal = await Sealed.RefusedAsync(last, packet.At(0));
        open[0].Dispose();
        await Eventually.HoldsAsync(() => slots.Taken < 500);
        var receipt = await packet.SendAsync(last);

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("500 uploads at once", refusal.Status.Detail);
        UploadTests.AssertSigned(server, receipt);
        await Eventually.HoldsAsync(() => slots.Taken == 0);
        open.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task Station_WithFiftyUploads_ShutsOutNobodyElse()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District);
        var (wild, well) = (await server.JoinAsync(District), await server.JoinAsync(District));
        var open = Enumerable.Range(0, 50).Select(_ => Sealed.Uploads(wild).Upload()).ToList();
        await Eventually.HoldsAsync(() => server.Services.GetRequiredService<UploadSlots>().Taken == 50);
        var packet = new Sealed(1000);

        using var beyond = Sealed.Uploads(wild).Upload();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => beyond.ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        UploadTests.AssertSigned(server, await packet.SendAsync(well));
        open.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task Upload_SilentForTenSeconds_EndsAndGoesOnLater()
    {
        var time = new SilenceTime();
        await using var server = await RunningServer.StartAsync(time: time);
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var packet = new Sealed(200_000);
        using var call = await packet.StartAsync(server, station, until: Sealed.Chunk);
        Assert.False(call.ResponseAsync.IsCompleted);

        time.RunOut();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        Assert.Contains("Nothing came for 10 s", refusal.Status.Detail);
        Assert.Equal(Sealed.Chunk, (await packet.OfferAsync(station)).WantedFrom);
        await packet.UploadAsync(station, Sealed.Chunk);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Offer_AbandonedForAWeek_IsSweptWithWhatArrived(Engine engine)
    {
        var start = new DateTimeOffset(2017, 3, 1, 8, 0, 0, TimeSpan.Zero);
        await using var server = await RunningServer.StartAsync(engine, scenario: start);
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var (abandoned, kept, received) = (new Sealed(200_000, 1), new Sealed(200_000, 2), new Sealed(200_000, 3));
        (await abandoned.StartAsync(server, station, until: Sealed.Chunk)).Dispose();
        (await kept.StartAsync(server, station, until: Sealed.Chunk)).Dispose();
        await received.SendAsync(station);
        var stray = Path.Combine(server.Options.Data, "packets", "incoming", Guid.NewGuid().ToString());
        await File.WriteAllBytesAsync(stray, [1]);

        await server.AdvanceAsync(start.AddDays(6));
        Assert.False(File.Exists(stray));
        Assert.True(File.Exists(abandoned.IncomingFile(server)));
        await kept.OfferAsync(station);
        await server.AdvanceAsync(start.AddDays(8));

        Assert.False(File.Exists(abandoned.IncomingFile(server)));
        Assert.Equal(0, (await abandoned.OfferAsync(station)).WantedFrom);
        Assert.Equal(Sealed.Chunk, (await kept.OfferAsync(station)).WantedFrom);
        await abandoned.SendAsync(station);
        await kept.SendAsync(station);
        Assert.Equal([abandoned.Bytes, kept.Bytes, received.Bytes], new[] { abandoned, kept, received }.Select(packet => Sealed.Kept(server)[packet.Id]));
        await UploadTests.AssertFoldHoldsAsync(server);
    }

    /// <summary>The system's time, but for what waits for the silence of an upload: that runs out when the test says so.</summary>
    private sealed class SilenceTime : TimeProvider
    {
        private readonly ConcurrentBag<ITimer> _silences = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != new EnrolmentOptions().Silence || period != Timeout.InfiniteTimeSpan)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            var silence = new Held(base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
            _silences.Add(silence);
            return silence;
        }

        public void RunOut()
        {
            foreach (var silence in _silences.Cast<Held>())
            {
                silence.RunOut();
            }
        }

        private sealed class Held(ITimer timer) : ITimer
        {
            public void RunOut() => timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
