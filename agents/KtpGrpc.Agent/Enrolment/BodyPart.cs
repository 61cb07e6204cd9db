namespace KtpGrpc.Agent.Enrolment;

/// <summary>What one file of a packet shows. Fingers 1 to 10 have the numbers of ISO/IEC 19794-4.</summary>
internal enum BodyPart
{
    RightThumb = 1,
    RightIndex,
    RightMiddle,
    RightRing,
    RightLittle,
    LeftThumb,
    LeftIndex,
    LeftMiddle,
    LeftRing,
    LeftLittle,
    RightIris,
    LeftIris,
    Face,

    /// <summary>A face record, taken of a person of whom another part could not be recorded.</summary>
    ExceptionPhoto,
}
