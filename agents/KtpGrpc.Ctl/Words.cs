using Google.Protobuf.Reflection;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using Ktp.Health.V1;
using Ktp.Printing.V1;
using Ktp.Repairs.V1;

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

    public static EnumDescriptor DeviceKind { get; } = Of(HealthReflection.Descriptor, nameof(Ktp.Health.V1.DeviceKind));

    public static EnumDescriptor WorkDone { get; } = Of(RepairsReflection.Descriptor, nameof(Ktp.Repairs.V1.WorkDone));

    private static EnumDescriptor Of(FileDescriptor file, string name) => file.EnumTypes.Single(type => type.Name == name);
}
