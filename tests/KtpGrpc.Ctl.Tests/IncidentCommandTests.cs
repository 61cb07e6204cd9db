using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Ktp.Coverage.V1;
using Ktp.Health.V1;
using Ktp.Session.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class IncidentCommandTests
{
    [Fact]
    public async Task Incident_IsListedAcknowledgedAndSilencedByCommands()
    {
        await using var office = await Office.OpenAsync();
        office.Add("operator-1", Role.Operator);
        await BreakAsync(office);

        var listed = (await office.RunAsync("operator-1", "incident", "list", "53.71", "--json")).Done();
        var incidents = JsonDocument.Parse(listed.Out).RootElement.EnumerateArray().ToList();
        var id = incidents.Single(incident => incident.GetProperty("kind").GetString() == "INCIDENT_KIND_DEVICE_FAILED").GetProperty("incidentId").GetString()!;
        var seen = (await office.RunAsync("operator-1", "incident", "ack", id, "--until", "2018-12-23T11:00+08:00")).Done();
        (await office.RunAsync("operator-1", "incident", "ack", id, "--until", "2017-01-01T00:00Z")).Ended(Exit.Failed, "until has passed");
        (await office.RunAsync("operator-1", "incident", "silence", id)).Ended(Exit.WrongUse, "Give --until and --reason, or --lift");
        (await office.RunAsync("operator-1", "incident", "silence", id, "--until", "2018-12-23T11:00+08:00", "--lift")).Ended(Exit.WrongUse, "Give --until and --reason, or --lift");
        (await office.RunAsync("operator-1", "incident", "silence", id, "--until", "2018-12-23T11:00+08:00")).Ended(Exit.Failed, "reason must have 1 to 200 characters");
        var silenced = (await office.RunAsync("operator-1", "incident", "silence", id, "--until", "2018-12-24T11:00+08:00", "--reason", "Sparepart dipesan")).Done();
        var lifted = (await office.RunAsync("operator-1", "incident", "silence", id, "--lift")).Done();

        Assert.Equal(("2018-12-23 03:00:00Z", "1", "regency"), (seen["acknowledged until"], seen["notices"], seen["level"]));
        Assert.Equal(("2018-12-24 03:00:00Z", "Sparepart dipesan"), (silenced["silenced until"], silenced["silence reason"]));
        Assert.DoesNotContain("silenced until", lifted.Out, StringComparison.Ordinal);
        Assert.Contains("device-failed", (await office.RunAsync("operator-1", "incident", "list", "53.71", "--closed")).Done().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redundancy_OfAProvince_IsToldByCommand()
    {
        await using var office = await Office.OpenAsync();
        await BreakAsync(office);
        await new CoverageService.CoverageServiceClient(office.Server.Admin).SetObligedAsync(
            new SetObligedRequest { RequestId = "o", RegionCode = "53.71.04", Obliged = 411_046, RecordedBefore = 219_402, AsOf = Office.Opening.ToTimestamp() });

        var json = (await office.RunAsAdminAsync("redundancy", "53", "--json")).Done();
        var table = (await office.RunAsAdminAsync("redundancy", "53")).Done();

        var city = Assert.Single(JsonDocument.Parse(json.Out).RootElement.EnumerateArray());
        Assert.Equal(("53.71", "191644", "REDUNDANCY_LEVEL_NONE_LEFT"), (
            city.GetProperty("regionCode").GetString(), city.GetProperty("citizensAtRisk").GetString(), city.GetProperty("kits").GetProperty("level").GetString()));
        Assert.Contains("No kit can record in 53.71; 191,644 citizens wait.", table.Out, StringComparison.Ordinal);
    }

    /// <summary>The office's only station says that its scanner is dead.</summary>
    private static async Task BreakAsync(Office office)
    {
        var station = await office.Server.JoinAsync("53.71.04");
        var scanner = new Device { Kind = DeviceKind.Fingerprint, Serial = "FP-1", Model = "FP-A" };
        using var session = new SessionService.SessionServiceClient(station.Control).Connect();
        await session.RequestStream.WriteAsync(new ConnectRequest
        {
            Sequence = 1,
            Hello = new Hello { AgentVersion = "1.0.0", InstanceId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()), OutboxId = ByteString.CopyFrom(new byte[16]), Devices = { scanner } },
        });
        ulong sequence = 1;
        foreach (var codes in new[] { Array.Empty<DeviceCode>(), [new DeviceCode { Code = "sensor-dead" }] })
        {
            await session.RequestStream.WriteAsync(new ConnectRequest
            {
                Sequence = ++sequence,
                Samples = new SampleBatch { Samples = { new Sample { Device = scanner, TakenAt = Office.Opening.AddMinutes(sequence - 2).ToTimestamp(), Codes = { codes } } } },
            });
            while (await session.ResponseStream.MoveNext(CancellationToken.None) && (session.ResponseStream.Current.Ack?.SeenSequence ?? 0) < sequence)
            {
            }

            await office.AdvanceAsync(Office.Opening.AddMinutes(sequence - 1));
        }
    }
}
