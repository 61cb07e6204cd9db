using System.Globalization;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>What a counter says for its device's score, in words and numbers.</summary>
/// <param name="Value">Increments of the day.</param>
/// <param name="OneIn">Device-days of the model of which one is as strange.</param>
internal sealed record SurpriseEvidence(string Text, double Value, double Surprise, double OneIn)
{
    /// <summary>As −log10: below it a counter is no evidence.</summary>
    public const double Least = 1;

    /// <summary>A model that fails so much more often than its kind is worth a word.</summary>
    private const double FailingModel = 3;

    public static SurpriseEvidence Of(in CounterSurprise counter, SurpriseBaseline usual, double modelRatio)
    {
        var rarity = usual.Sort == CounterSort.Use ? counter.Surprise / CounterSurprise.UseWeight : Math.Min(counter.Surprise, SurpriseBaseline.Loudest);
        var oneIn = Math.Pow(10, rarity);
        var recent = usual.Sort == CounterSort.Trouble && counter.Sum >= counter.Today + 1
            ? Invariant($", {counter.Sum:0} with those of the last days")
            : "";
        var model = modelRatio >= FailingModel ? Invariant($"; the model fails {modelRatio:0} times as often as its kind") : "";
        return new SurpriseEvidence(
            Invariant($"{usual.Name} +{counter.Today:0} today{recent}: 1 in {Rounded(oneIn):#,0} {usual.Device}-days of this model{model}."),
            counter.Today, counter.Surprise, oneIn);
    }

    /// <summary>One digit: more would claim to know what was estimated.</summary>
    private static double Rounded(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return Math.Round(value / unit) * unit;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
