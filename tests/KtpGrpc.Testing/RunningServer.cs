using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Ktp.Scenario.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Testing;

/// <summary>Which database a test's server runs on.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>
/// The real server on free loopback ports and a folder of its own. A test that expects an error in the log says so with
/// <see cref="ExpectError"/>; any other fails it when the server is disposed.
/// </summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly Lazy<string> _wrappingKey = new(WrappingKey.MakePem);

    private readonly KtpServer _server;
    private readonly TempFolder? _ownFolder;
    private readonly ErrorLog _errors;
    private readonly List<GrpcChannel> _channels = [];
    private readonly X509Certificate2 _authority;
    private bool _stopped;

    private RunningServer(KtpServer server, KtpServerOptions options, TempFolder? ownFolder, ErrorLog errors)
    {
        _server = server;
        _ownFolder = ownFolder;
        _errors = errors;
        Options = options;
        _authority = server.Services.GetRequiredService<CertificateAuthority>().Certificate;
        Admin = Control(As("admin", File.ReadAllText(server.AdminSecretPath).Trim()));
    }

    public KtpServerOptions Options { get; }

    public IServiceProvider Services => _server.Services;

    public IServiceProvider UploadServices => _server.UploadServices;

    public Uri ControlAddress => _server.ControlAddress;

    public Uri UploadAddress => _server.UploadAddress;

    public Uri HttpAddress => _server.HttpAddress;

    /// <summary>The control endpoint, as the first admin.</summary>
    public CallInvoker Admin { get; }

    /// <summary>The control endpoint, as nobody.</summary>
    public CallInvoker Anonymous => Control(null);

    public X509Certificate2 Authority => _authority;

    /// <summary>Starts a server; <paramref name="like"/> continues one that was disposed or killed, on its data.</summary>
    public static async Task<RunningServer> StartAsync(
        Engine engine = Engine.Sqlite, DateTimeOffset? scenario = null, KtpServerOptions? like = null, TimeProvider? time = null)
    {
        var folder = like is null ? new TempFolder() : null;
        var options = like ?? new KtpServerOptions
        {
            Data = folder!["data"],
            ControlPort = 0,
            UploadPort = 0,
            HttpPort = 0,
            Database = engine == Engine.Postgres ? await PostgresFixture.CreateDatabaseAsync() : null,
            ScenarioStart = scenario,
        };
        if (like is null)
        {
            // Every server has keys of its own but for this one, which takes a second to make.
            DataFolder.WriteSecret(Path.Combine(new DataFolder(options.Data).Keys, WrappingKey.FileName), _wrappingKey.Value);
        }

        var errors = new ErrorLog();
        var server = await KtpServer.StartAsync(options, time, logging => logging.ClearProviders().AddProvider(errors));
        return new RunningServer(server, options, folder, errors);
    }

    /// <summary>Stops this server and starts another on its data.</summary>
    public async Task<RunningServer> RestartAsync(Func<KtpServerOptions, KtpServerOptions>? change = null)
    {
        await StopAsync();
        return await StartAsync(like: change is null ? Options : change(Options));
    }

    /// <summary>Moves a scenario's clock; all that was due by then has run when it answers.</summary>
    public async Task AdvanceAsync(DateTimeOffset to) =>
        await new ClockService.ClockServiceClient(Admin).AdvanceToAsync(new AdvanceToRequest { Time = to.ToTimestamp() });

    /// <summary>Declares that a message with this text will be logged as an error.</summary>
    public void ExpectError(string text) => _errors.Expected.Add(text);

    /// <summary>The control endpoint as an operator, who is added to the server's file.</summary>
    public CallInvoker Operator(string name, string region, params Role[] roles) => Control(As(name, AddOperator(name, region, roles)));

    /// <summary>Adds an operator to the server's file, and gives his secret.</summary>
    public string AddOperator(string name, string region, params Role[] roles)
    {
        var path = Path.Combine(Options.Data, "operators.json");
        var entries = System.Text.Json.JsonSerializer.Deserialize(File.ReadAllText(path), OperatorJson.Default.OperatorEntryArray)!;
        var secret = Guid.NewGuid().ToString("N");
        var entry = new OperatorEntry(name, SecretHash.Of(secret), roles, region);
        File.WriteAllText(path, System.Text.Json.JsonSerializer.Serialize([.. entries, entry], OperatorJson.Default.OperatorEntryArray));

        // The server reads the file again when its time changes, which a fast test may not move.
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(entries.Length));
        return secret;
    }

    /// <summary>Puts the tree above a district, and the district.</summary>
    public async Task PutRegionsAsync(params string[] districts)
    {
        var request = new PutRegionsRequest { RequestId = Guid.NewGuid().ToString() };
        foreach (var code in districts.SelectMany(district => new[] { district[..2], district[..5], district }).Distinct())
        {
            request.Regions.Add(new Region { Code = code, Name = "Region " + code });
        }

        await new StationService.StationServiceClient(Admin).PutRegionsAsync(request);
    }

    /// <summary>Joins a new station in a district that is known.</summary>
    public async Task<JoinedStation> JoinAsync(string district)
    {
        var token = await new StationService.StationServiceClient(Admin).CreateJoinTokenAsync(
            new CreateJoinTokenRequest { RequestId = Guid.NewGuid().ToString(), RegionCode = district, StationName = "Desk" });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificateRequest = new CertificateRequest("CN=station", key, HashAlgorithmName.SHA256).CreateSigningRequest();
        var joined = await new StationService.StationServiceClient(Anonymous).JoinAsync(
            new JoinRequest { Token = token.Token, CertificateRequest = ByteString.CopyFrom(certificateRequest) });
        using var bare = X509CertificateLoader.LoadCertificate(joined.Certificate.Span);
        return As(joined.StationId, bare.CopyWithPrivateKey(key));
    }

    /// <summary>Both endpoints as seen by whoever shows this certificate.</summary>
    public JoinedStation As(string stationId, X509Certificate2 certificate) =>
        new(stationId, certificate, Channel(_server.ControlAddress, certificate).CreateCallInvoker(), Channel(_server.UploadAddress, certificate).CreateCallInvoker());

    /// <summary>Stops the server as an operator would; its folder stays until this is disposed, for another that goes on with it.</summary>
    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await _server.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        await StopAsync();
        _ownFolder?.Dispose();
        _errors.ThrowOnUnexpected();
    }

    /// <summary>What VerifyJournal finds wrong; a feature's tests end with nothing.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync() =>
        (await new Ktp.Journal.V1.JournalService.JournalServiceClient(Admin).VerifyJournalAsync(new Ktp.Journal.V1.VerifyJournalRequest())).Faults;

    /// <summary>The control endpoint with whatever a caller puts into the authorization header.</summary>
    public CallInvoker WithAuthorization(string header) => Control(new Metadata.Entry("authorization", header));

    /// <summary>What an operator puts into the authorization header.</summary>
    public static Metadata.Entry As(string name, string secret) =>
        new("authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));

    /// <summary>A channel to a server that may run elsewhere.</summary>
    public static GrpcChannel Dial(Uri address, X509Certificate2 authority, X509Certificate2? certificate = null)
    {
        var tls = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        if (certificate is not null)
        {
            tls.ClientCertificates = [certificate];
        }

        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { SslOptions = tls },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
        });
    }

    private CallInvoker Control(Metadata.Entry? credential)
    {
        var invoker = Channel(_server.ControlAddress, null).CreateCallInvoker();
        return credential is null ? invoker : invoker.Intercept(headers =>
        {
            headers.Add(credential);
            return headers;
        });
    }

    private GrpcChannel Channel(Uri address, X509Certificate2? certificate)
    {
        var channel = Dial(address, _authority, certificate);
        _channels.Add(channel);
        return channel;
    }
}

/// <summary>A station that joined, with its certificate and key.</summary>
internal sealed record JoinedStation(string Id, X509Certificate2 Certificate, CallInvoker Control, CallInvoker Upload);
