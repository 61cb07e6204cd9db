using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Printing;

/// <summary>Adds the print queue.</summary>
internal static class PrintingFeature
{
    public static IServiceCollection AddPrinting(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(JobFold.AddTo));
        services.AddSingleton(new FactCatalogPart(PrinterStore.AddTo));
        services.AddSingleton<JobWriter>();
        services.AddSingleton<PayloadProtection>();
        services.AddInstruments<PrintingInstruments>();
        services.AddInstruments<WaitInstruments>();
        services.AddSingleton(provider => new DomainTimer("printing.waits", WaitInstruments.Period, provider.GetRequiredService<WaitInstruments>().RefreshAsync));
        services.AddSingleton<StationPrinting>();
        services.AddSingleton<Reaper>();
        services.AddSingleton(provider => new DomainTimer("printing.reaper", Reaper.Period, provider.GetRequiredService<Reaper>().RunAsync));
        services.AddSingleton<Erasure>();
        services.AddSingleton(provider => new Follower("printing.erasure", new HashSet<string> { CitizenErased.Kind }, provider.GetRequiredService<Erasure>().HandleAsync));
        return services;
    }
}
