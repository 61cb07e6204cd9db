using System.Diagnostics.Metrics;
using System.Net;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Destruction;
using KtpGrpc.Server.Enrolment;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Repairs;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Scenario;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Session;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KtpGrpc.Server;

/// <summary>
/// The whole server, as the program and the tests start it: two web applications in one process, since HTTP/2 limits are
/// per application. Control owns every singleton and has small windows; uploads borrows what it needs.
/// </summary>
internal sealed class KtpServer : IAsyncDisposable
{
    private const int ControlWindow = 128 * 1024;
    private const int MostControlMessage = 1024 * 1024;

    private static readonly TimeSpan _pingAfter = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan _pingTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _stopWithin = TimeSpan.FromSeconds(5);

    private readonly WebApplication _control;
    private readonly WebApplication _upload;
    private readonly Database _database;

    private KtpServer(WebApplication control, WebApplication upload, Database database)
    {
        _control = control;
        _upload = upload;
        _database = database;
        var addresses = control.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        ControlAddress = new Uri(addresses.First(address => address.StartsWith("https", StringComparison.Ordinal)));
        HttpAddress = new Uri(addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal)));
        UploadAddress = new Uri(upload.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public Uri ControlAddress { get; }

    public Uri UploadAddress { get; }

    public Uri HttpAddress { get; }

    public string AdminSecretPath => Services.GetRequiredService<OperatorFile>().AdminSecretPath;

    /// <summary>The control application's services; for the tests.</summary>
    public IServiceProvider Services => _control.Services;

    /// <summary>The upload application's services; for the tests.</summary>
    public IServiceProvider UploadServices => _upload.Services;

    public static async Task<KtpServer> StartAsync(
        KtpServerOptions options, TimeProvider? time = null, Action<ILoggingBuilder>? logging = null, CancellationToken cancellation = default)
    {
        time ??= TimeProvider.System;
        var folder = new DataFolder(options.Data, options.Keys);
        Database database = options.Database is null ? new SqliteDatabase(folder.DatabaseFile, time) : new PostgresDatabase(options.Database, time);
        await Migrator.MigrateAsync(database, cancellation);
        var control = BuildControl(options, folder, database, time, logging);

        // The first use makes a key, which must not happen inside a transaction.
        control.Services.GetRequiredService<CitizenRegister>().Protect(Nik.Require("0000000101000001"), "");
        await control.Services.GetRequiredService<ScenarioClock>().RestoreAsync(options.ScenarioStart, cancellation);
        var upload = BuildUpload(options, control.Services, logging);
        await control.StartAsync(cancellation);
        await upload.StartAsync(cancellation);
        return new KtpServer(control, upload, database);
    }

    public Task RunUntilStoppedAsync(CancellationToken cancellation) => _control.WaitForShutdownAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _upload.StopAsync();
        await _control.StopAsync();
        await _upload.DisposeAsync();
        await _control.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static WebApplication BuildControl(
        KtpServerOptions options, DataFolder folder, Database database, TimeProvider time, Action<ILoggingBuilder>? logging)
    {
        var builder = NewBuilder(logging);
        var services = builder.Services;
        services.AddSingleton(time);
        services.AddSingleton(folder);
        services.AddSingleton(database);
        services.AddSingleton<KeyedHash>();
        services.AddClock();
        services.AddHostedService<DatabaseTime>();
        services.AddMetricsPage();
        services.AddInstruments<StorageInstruments>();
        services.AddInstruments<CertificateInstruments>();
        services.AddInstruments<StationInstruments>();
        services.AddRpc(most: MostControlMessage);
        services.AddServingState();
        services.AddJournal();
        services.AddSecurity(folder, options.HostNames);
        services.AddStations();
        services.AddCitizens();
        services.AddCards();
        services.AddPrinting();
        services.AddDestruction();
        services.AddHealth();
        services.AddIncidents();
        services.AddRepairs();
        services.AddSessions();
        services.AddEnrolment();
        services.AddCoverage();
        services.AddScenario();
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            Limit(kestrel, ControlWindow);
            kestrel.Listen(options.Listen, options.ControlPort, UseMutualTls);
            kestrel.Listen(options.Listen, options.HttpPort, listener => listener.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.UseCallers();
        app.MapFrontPage(options);
        app.MapMetricsPage();
        StationsPage.Map(app);
        app.MapGrpcService<HealthCheckService>();
        app.MapGrpcService<ReflectionService>();
        app.MapGrpcService<StationService>();
        app.MapGrpcService<JournalService>();
        app.MapGrpcService<CitizenService>();
        app.MapGrpcService<CardService>();
        app.MapGrpcService<PrintingService>();
        app.MapGrpcService<DestructionService>();
        app.MapGrpcService<HealthService>();
        app.MapGrpcService<IncidentService>();
        app.MapGrpcService<RepairService>();
        app.MapGrpcService<SessionService>();
        app.MapGrpcService<EnrolmentService>();
        app.MapGrpcService<CoverageService>();
        if (options.ScenarioStart is not null)
        {
            app.MapGrpcService<ClockService>();
        }

        return app;
    }

    private static WebApplication BuildUpload(KtpServerOptions options, IServiceProvider control, Action<ILoggingBuilder>? logging)
    {
        var builder = NewBuilder(logging);
        var services = builder.Services;
        Borrow<TimeProvider>();
        Borrow<CertificateAuthority>();
        Borrow<ServerCertificate>();
        Borrow<OperatorFile>();
        Borrow<StationDirectory>();
        Borrow<ServingState>();
        Borrow<IMeterFactory>();
        Borrow<Database>();
        Borrow<CitizenRegister>();
        Borrow<PacketIntake>();
        Borrow<PacketUpload>();
        Borrow<EnrolmentInstruments>();
        services.AddRpc(most: 128 * 1024);
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            Limit(kestrel, window: null);
            kestrel.Listen(options.Listen, options.UploadPort, UseMutualTls);
        });
        var app = builder.Build();
        app.UseCallers();
        app.MapGrpcService<HealthCheckService>();
        app.MapGrpcService<UploadService>();
        return app;

        // An instance, so that only control disposes it.
        void Borrow<T>() where T : class => services.AddSingleton(control.GetRequiredService<T>());
    }

    private static WebApplicationBuilder NewBuilder(Action<ILoggingBuilder>? logging)
    {
        // Not the folder it was started in: that would be searched for settings, and watched with all below it, where the
        // database's every write may be an event.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Warning);
        logging?.Invoke(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _stopWithin);
        return builder;
    }

    private static void Limit(KestrelServerOptions kestrel, int? window)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.KeepAlivePingDelay = _pingAfter;
        kestrel.Limits.Http2.KeepAlivePingTimeout = _pingTimeout;
        if (window is { } size)
        {
            kestrel.Limits.Http2.InitialConnectionWindowSize = size;
            kestrel.Limits.Http2.InitialStreamWindowSize = size;
        }
    }

    private static void UseMutualTls(ListenOptions listener)
    {
        var authority = listener.ApplicationServices.GetRequiredService<CertificateAuthority>();
        listener.Protocols = HttpProtocols.Http2;
        listener.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = listener.ApplicationServices.GetRequiredService<ServerCertificate>().Certificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (certificate, _, _) => authority.Accepts(certificate),

            // A resumed session would skip the certificate, and with it a revocation.
            OnAuthenticate = (_, tls) => tls.AllowTlsResume = false,
        });
    }
}
