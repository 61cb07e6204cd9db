using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace KtpGrpc.Ctl;

/// <summary>The server as an operator reaches it: by the CA he trusts and by his own secret.</summary>
internal static class Connection
{
    private const string Usual = "https://127.0.0.1:5443";

    public static CallInvoker Open(string? server, string? authority, string? name, string? secretFile, string? data)
    {
        if (!Uri.TryCreate(server ?? Usual, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
        {
            throw new UsageException($"--server wants an address like {Usual}; it is '{server}'.");
        }

        authority ??= data is null ? null : Path.Combine(data, "keys", "ca.pem");
        secretFile ??= data is null ? null : Path.Combine(data, "admin.secret");
        name ??= data is null ? null : "admin";
        if (authority is null || secretFile is null || name is null)
        {
            throw new UsageException("Who are you, and which server is to be trusted? Give --authority, --operator and --secret-file, or --data on the server's own machine.");
        }

        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            HttpHandler = new SocketsHttpHandler { SslOptions = Trusting(ReadAuthority(authority)) },
        });
        var credential = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{ReadText(secretFile).Trim()}"));
        return channel.CreateCallInvoker().Intercept(headers =>
        {
            headers.Add("authorization", credential);
            return headers;
        });
    }

    /// <summary>What is wrong, and what helps.</summary>
    public static string Told(RpcException refused) => refused.StatusCode switch
    {
        _ when refused.StatusCode == StatusCode.Unavailable || refused.Status.DebugException is HttpRequestException => $"The server cannot be reached: {Inner(refused)} Is it running, is --server right, and is --authority its CA?",
        StatusCode.Unauthenticated => $"{refused.Status.Detail} Look at --operator and --secret-file.",
        StatusCode.PermissionDenied => $"{refused.Status.Detail} An admin gives roles and regions.",
        StatusCode.Unimplemented => "The server does not know this command: it is older than ktpctl.",
        StatusCode.Cancelled => "stopped.",
        _ => refused.Status.Detail,
    };

    private static string Inner(RpcException refused)
    {
        var fault = (refused.Status.DebugException ?? refused).GetBaseException();
        return fault.Message.EndsWith('.') ? fault.Message : fault.Message + ".";
    }

    private static SslClientAuthenticationOptions Trusting(X509Certificate2 authority) => new()
    {
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };

    private static X509Certificate2 ReadAuthority(string path)
    {
        try
        {
            return X509Certificate2.CreateFromPem(ReadText(path));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            throw new UsageException($"{path} holds no certificate in PEM: --authority wants the CA's, as the server's admin gave it to you.");
        }
    }

    private static string ReadText(string path) => File.Exists(path)
        ? File.ReadAllText(path)
        : throw new UsageException($"There is no file {path}: look at --authority, --secret-file and --data.");
}
