using System.CommandLine;
using Google.Protobuf.Reflection;
using Ktp.Health.V1;
using Client = Ktp.Health.V1.HealthService.HealthServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>What is believed of devices, and why.</summary>
internal static class HealthCommands
{
    private static readonly EnumDescriptor _kinds = HealthReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(DeviceKind));

    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("health", "What is believed of stations and their devices, and why.")
        {
            List(New("list", "The condition of each station and device of a region.")),
            Explain(New("explain", "What every detector says of one device, what to do, how sure that is, and what is not known.")),
        };
    }

    private static Verb List(Verb verb)
    {
        var region = verb.Wants<string>("REGION", "PP, PP.KK, PP.KK.DD; \"\" for the whole country.");
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListConditionsAsync(
                new ListConditionsRequest { RegionCode = call.Get(region), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Conditions, page.NextPageToken)));
    }

    private static Verb Explain(Verb verb)
    {
        var station = verb.Wants<string>("STATION", "PP.KK.DD-N");
        var device = verb.Wants<string>("DEVICE", "Its kind and serial, as incidents name it: printer/PR-1; the station itself is station/PP.KK.DD-N.");
        return verb.Does(async call =>
        {
            var explained = await new Client(call.Server()).ExplainConditionAsync(
                new ExplainConditionRequest { StationId = call.Get(station), Device = DeviceOf(call.Get(device)) }, cancellationToken: call.Cancellation);
            if (call.Json)
            {
                call.Terminal.Show(explained, json: true);
                return;
            }

            // What speaks for the condition comes again among the statements, with all that does not.
            var condition = explained.Condition.Clone();
            condition.Evidence.Clear();
            call.Terminal.Show(condition, json: false);
            call.Terminal.Say($"certainty\t{(explained.Certainty == Certainty.Unspecified ? "nothing is advised" : Plain.Word(CertaintyOf(explained.Certainty)))}");
            foreach (var statement in explained.Statements)
            {
                call.Terminal.Say($"{Plain.Word(StateOf(statement.State))}\t{statement.Evidence.Detector}: {statement.Evidence.Summary}");
            }

            foreach (var unknown in explained.Unknowns)
            {
                call.Terminal.Say($"not known\t{unknown}");
            }
        });
    }

    private static Device DeviceOf(string name)
    {
        var parts = name.Split('/', 2);
        var kind = _kinds.Values.FirstOrDefault(value => value.Number != 0 && Plain.Word(value) == parts[0]);
        return kind is not null && parts is [_, { Length: > 0 } serial]
            ? new Device { Kind = (DeviceKind)kind.Number, Serial = serial }
            : throw new UsageException($"'{name}' is no device: KIND/SERIAL, where the kind is {string.Join(", ", _kinds.Values.Skip(1).Select(Plain.Word))}.");
    }

    private static EnumValueDescriptor CertaintyOf(Certainty certainty) =>
        HealthReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(Certainty)).FindValueByNumber((int)certainty);

    private static EnumValueDescriptor StateOf(ConditionState state) =>
        HealthReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(ConditionState)).FindValueByNumber((int)state);
}
