using KtpGrpc.Server.Clock;

namespace KtpGrpc.Server.Journal;

/// <summary>Adds the journal: writer, sealer, followers, proof.</summary>
internal static class JournalFeature
{
    private static readonly TimeSpan _checkpointPeriod = TimeSpan.FromMinutes(10);

    public static IServiceCollection AddJournal(this IServiceCollection services)
    {
        services.AddSingleton<FactCatalog>();
        services.AddSingleton<JournalSignals>();
        services.AddSingleton<JournalWriter>();
        services.AddSingleton<JournalReader>();
        services.AddSingleton<JournalKey>();
        services.AddSingleton<CheckpointStore>();
        services.AddSingleton<JournalProofs>();
        services.AddSingleton<JournalVerification>();
        services.AddSingleton<JournalSealer>();
        services.AddHostedService(provider => provider.GetRequiredService<JournalSealer>());
        services.AddSingleton<Followers>();
        services.AddHostedService(provider => provider.GetRequiredService<Followers>());
        services.AddSingleton<JournalInstruments>();
        services.AddSingleton(provider => new DomainTimer("journal.lag", JournalInstruments.Period, provider.GetRequiredService<JournalInstruments>().RefreshAsync));
        services.AddSingleton(provider =>
        {
            var checkpoints = provider.GetRequiredService<CheckpointStore>();
            return new DomainTimer("journal.checkpoint", _checkpointPeriod, checkpoints.TakeAsync);
        });
        return services;
    }
}
