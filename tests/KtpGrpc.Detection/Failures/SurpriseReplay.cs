using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Detection.Failures;

/// <summary>Plays a recording through the server's own detectors: a row is the one sample of its day, which is over with it.</summary>
internal static class SurpriseReplay
{
    public static double[] Play(Recording recording)
    {
        var (kind, record) = (Baselines(recording.Kind, null), new FailureRecord(null));
        var models = new Dictionary<string, (SurpriseBaseline[] Usual, FailureRecord Record)>();
        var devices = new Dictionary<string, DeviceSurprise>();
        var scores = new double[recording.Rows.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var row = recording.Rows[i];
            if (!models.TryGetValue(row.Model, out var model))
            {
                models[row.Model] = model = (Baselines(recording.Kind, kind), new FailureRecord(record));
            }

            if (!devices.TryGetValue(row.Machine, out var device))
            {
                devices[row.Machine] = device = new DeviceSurprise(model.Usual, model.Record);
            }

            for (var counter = 0; counter < row.Totals.Length; counter++)
            {
                if (row.Totals[counter] is { } total)
                {
                    device.Take(counter, total, row.Day);
                }
            }

            device.Close();
            scores[i] = device.Score;
            if (row.Failed)
            {
                model.Record.TakeFailure();
            }
        }

        return scores;
    }

    private static SurpriseBaseline[] Baselines(RecordingKind kind, SurpriseBaseline[]? wider) =>
    [
        .. kind.Trouble.Select((name, i) => new SurpriseBaseline(name, kind.Name, CounterSort.Trouble, wider?[i])),
        .. kind.Use.Select((name, i) => new SurpriseBaseline(name, kind.Name, CounterSort.Use, wider?[kind.Trouble.Length + i])),
    ];
}
