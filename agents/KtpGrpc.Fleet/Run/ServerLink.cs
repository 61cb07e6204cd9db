using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Grpc.Net.Client;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Fleet.Run;

/// <summary>
/// The server as its first admin reaches it, and other operators. A call that does not get through waits for the server and is made again:
/// every change carries a request_id that follows from the scenario, so that it happens once.
/// </summary>
internal sealed class ServerLink : IDisposable
{
    private const int MostTriesOfOneCall = 20;

    private static readonly TimeSpan _callDeadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _shortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    private readonly GrpcChannel _channel;
    private readonly TimeProvider _time;

    private ServerLink(GrpcChannel channel, string adminSecret, TimeProvider time)
    {
        _channel = channel;
        _time = time;
        Invoker = As("admin", adminSecret);
    }

    /// <summary>How long a run waits for a server that is away, before it gives up.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Calls as the first admin.</summary>
    public CallInvoker Invoker { get; }

    public ServerFaults Faults { get; } = new();

    /// <summary>Told when the server is away, and with null when it is back.</summary>
    public Action<string?> OnAway { get; set; } = _ => { };

    /// <param name="data">The server's data folder: the first admin's secret, and the authority in keys/ca.pem.</param>
    public static ServerLink Open(Uri control, string data, TimeProvider time)
    {
        var authority = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(data, "keys", "ca.pem")));
        var secret = File.ReadAllText(Path.Combine(data, "admin.secret")).Trim();
        var channel = GrpcChannel.ForAddress(control, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                KeepAlivePingDelay = TimeSpan.FromSeconds(15),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { authority },
                        RevocationMode = X509RevocationMode.NoCheck,
                        DisableCertificateDownloads = true,
                    },
                },
            },
        });
        return new ServerLink(channel, secret, time);
    }

    /// <summary>Calls as an operator of the server's file.</summary>
    public CallInvoker As(string name, string secret)
    {
        var credential = new Metadata.Entry("authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));
        return _channel.CreateCallInvoker().Intercept(headers =>
        {
            headers.Add(credential);
            return headers;
        });
    }

    public async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call(new CallOptions(deadline: (_time.GetUtcNow() + _callDeadline).UtcDateTime, cancellationToken: cancellation));
            }
            catch (RpcException fault) when (!cancellation.IsCancellationRequested && tries < MostTriesOfOneCall && IsAway(fault.StatusCode))
            {
                Faults.Note(Trouble.CodeOf(fault));
                await WaitUntilBackAsync(fault.Status.Detail, cancellation);
            }
        }
    }

    /// <summary>Returns when the server answers, after a pause in any case.</summary>
    public async Task WaitUntilBackAsync(string reason, CancellationToken cancellation)
    {
        var health = new Health.HealthClient(_channel);
        var started = _time.GetTimestamp();
        var told = false;
        for (var pause = _shortestPause; ; pause = pause * 2 < _longestPause ? pause * 2 : _longestPause)
        {
            await Task.Delay(pause, _time, cancellation);
            try
            {
                await health.CheckAsync(new HealthCheckRequest(), deadline: (_time.GetUtcNow() + TimeSpan.FromSeconds(5)).UtcDateTime, cancellationToken: cancellation);
                break;
            }
            catch (RpcException fault) when (!cancellation.IsCancellationRequested && IsAway(fault.StatusCode))
            {
                if (_time.GetElapsedTime(started) > Patience)
                {
                    throw new TimeoutException($"The server has been away for {Patience.TotalSeconds:0} s: {reason}", fault);
                }

                if (!told)
                {
                    told = true;
                    OnAway(reason);
                }
            }
        }

        if (told)
        {
            OnAway(null);
        }
    }

    public void Dispose() => _channel.Dispose();

    private static bool IsAway(StatusCode status) =>
        status is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Unknown;
}
