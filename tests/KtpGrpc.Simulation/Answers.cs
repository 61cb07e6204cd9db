using Grpc.Core;
using Ktp.Printing.V1;

namespace KtpGrpc.Simulation;

/// <summary>What reports were answered: the same report gets the same answer, however often and whenever it comes.</summary>
internal sealed class Answers
{
    private readonly Dictionary<ReportAttemptRequest, JobState> _given = [];

    public void Check(object request, Task served)
    {
        if (request is not ReportAttemptRequest report || served is not Task<ReportAttemptResponse> { IsCompletedSuccessfully: true } answered)
        {
            return;
        }

        if (!_given.TryAdd(report, answered.Result.State) && _given[report] != answered.Result.State)
        {
            throw new ViolationException($"A report was answered {_given[report]} and then {answered.Result.State}: {report}");
        }
    }
}
