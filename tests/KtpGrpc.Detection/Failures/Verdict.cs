namespace KtpGrpc.Detection.Failures;

/// <summary>What came of the alarms at one threshold.</summary>
/// <param name="Right">Instances with a failure behind them.</param>
/// <param name="Wrong">All others, also those that the end of the data cuts short.</param>
/// <param name="Leads">Days from alarm to failure, one for each failure that was found.</param>
internal sealed record Verdict(int Right, int Wrong, int Failures, double Months, IReadOnlyList<double> Leads)
{
    public int Found => Leads.Count;

    public double Recall => Failures == 0 ? 0 : Found / (double)Failures;

    public double StrictRecall => Failures == 0 ? 0 : Leads.Count(lead => lead >= 1) / (double)Failures;

    public double Precision => Right + Wrong == 0 ? 0 : Right / (double)(Right + Wrong);

    public double F1 => Recall + Precision == 0 ? 0 : 2 * Recall * Precision / (Recall + Precision);

    public double WrongPerMonth => Wrong / Months;

    /// <summary>The median over all failures that were found, in days.</summary>
    public double Lead => Median([.. Leads]);

    /// <summary>The median over those that were found at least a day ahead.</summary>
    public double EarlyLead => Median([.. Leads.Where(lead => lead >= 1)]);

    public static Verdict Sum(IEnumerable<Verdict> verdicts)
    {
        var (right, wrong, failures, months, leads) = (0, 0, 0, 0.0, new List<double>());
        foreach (var one in verdicts)
        {
            (right, wrong, failures, months) = (right + one.Right, wrong + one.Wrong, failures + one.Failures, months + one.Months);
            leads.AddRange(one.Leads);
        }

        return new Verdict(right, wrong, failures, months, leads);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count == 0 ? 0 : (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
