using Google.Protobuf.Reflection;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using Ktp.Printing.V1;

namespace KtpGrpc.Ctl;

/// <summary>The contract's enums that commands take words of.</summary>
internal static class Words
{
    public static EnumDescriptor InvalidReason { get; } = Of(CardsReflection.Descriptor, nameof(Ktp.Cards.V1.InvalidReason));

    public static EnumDescriptor SuketCause { get; } = Of(CardsReflection.Descriptor, nameof(Ktp.Cards.V1.SuketCause));

    public static EnumDescriptor JobState { get; } = Of(PrintingReflection.Descriptor, nameof(Ktp.Printing.V1.JobState));

    public static EnumDescriptor Finding { get; } = Of(PrintingReflection.Descriptor, nameof(Ktp.Printing.V1.Finding));

    public static EnumDescriptor DestructionMethod { get; } = Of(DestructionReflection.Descriptor, nameof(Ktp.Destruction.V1.DestructionMethod));

    public static EnumDescriptor SignatoryRole { get; } = Of(DestructionReflection.Descriptor, nameof(Ktp.Destruction.V1.SignatoryRole));

    private static EnumDescriptor Of(FileDescriptor file, string name) => file.EnumTypes.Single(type => type.Name == name);
}
