using Ktp.Health.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Devices;

/// <summary>The devices of one simulated desk, as the agent sees them and as the scenario moves them.</summary>
internal sealed record SimulatedKit(Kit Kit, IReadOnlyList<SimulatedScanner> Scanners, SimulatedPrinter? Printer)
{
    public static SimulatedKit Of(FleetPlan plan, ScenarioStation station, string stationId, People people, PrintTally tally)
    {
        var scanners = new List<SimulatedScanner>();
        var others = new List<IDevice>();
        SimulatedPrinter? printer = null;
        foreach (var device in station.Kit)
        {
            var identity = new Device { Kind = device.Kind, Model = device.Model, Serial = device.Serial };
            if (ScenarioRules.Capture.Contains(device.Kind))
            {
                scanners.Add(new SimulatedScanner(identity, stationId, plan.FateOf(stationId, device.Kind), PartsOf(device.Kind, people), people, plan.Seed, plan.Bouts));
            }
            else if (device.Kind == DeviceKind.Printer)
            {
                printer = new SimulatedPrinter(identity, stationId, plan.File.Printing, tally, plan.Seed);
            }
            else
            {
                others.Add(new SimulatedSurroundings(identity, stationId, plan.Seed));
            }
        }

        return new SimulatedKit(new Kit(scanners, printer, others), scanners, printer);
    }

    private static List<BodyPart> PartsOf(DeviceKind device, People people) => [.. people.Parts.Where(part => device == part.Kind() switch
    {
        RecordKind.Finger => DeviceKind.Fingerprint,
        RecordKind.Iris => DeviceKind.Iris,
        _ => DeviceKind.Camera,
    }).Order()];
}
