using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Enrolment;

/// <summary>Adds the intake of packets.</summary>
internal static class EnrolmentFeature
{
    private static readonly TimeSpan _sweepPeriod = TimeSpan.FromHours(1);

    public static IServiceCollection AddEnrolment(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(EnrolmentStore.AddTo));
        services.AddSingleton<EnrolmentOptions>();
        services.AddSingleton<PacketFiles>();
        services.AddSingleton<PacketBook>();
        services.AddSingleton<PacketClaims>();
        services.AddSingleton<PacketIntake>();
        services.AddSingleton<UploadSlots>();
        services.AddSingleton<PacketUpload>();
        services.AddInstruments<EnrolmentInstruments>();
        services.AddSingleton(provider => new DomainTimer("enrolment.sweep", _sweepPeriod, provider.GetRequiredService<PacketIntake>().SweepAsync));
        return services;
    }
}
