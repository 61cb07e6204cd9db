namespace KtpGrpc.Agent.Enrolment;

/// <summary>The three kinds of biometric record that a kit delivers: ISO/IEC 19794-5, -4 and -6, each of 2011.</summary>
internal enum RecordKind
{
    Face,
    Finger,
    Iris,
}
