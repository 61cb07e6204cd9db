using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;

namespace KtpGrpc.Fleet.Run;

/// <summary>
/// The people of the city's office whom a destruction needs, and the province's technicians, each with a credential of his own: the
/// admin of an embedded server writes them into its file of operators.
/// </summary>
internal sealed record OfficePeople(CallInvoker Custodian, IReadOnlyList<CallInvoker> Witnesses, IReadOnlyList<CallInvoker> Technicians)
{
    private const string CustodianName = "custodian";
    private const int Iterations = 100_000;

    private static readonly string[] _witnesses = ["satpol-pp", "inspectorate"];

    public static string TechnicianName(int number) => $"technician-{number + 1}";

    public static OfficePeople Appoint(ServerLink server, string data, string city, int technicians)
    {
        var path = Path.Combine(data, "operators.json");
        var file = JsonNode.Parse(File.ReadAllText(path))!.AsArray();
        var people = new OfficePeople(Add(CustodianName, "Custodian"), [.. _witnesses.Select(name => Add(name, "Witness"))], [.. Enumerable.Range(0, technicians).Select(number => Add(TechnicianName(number), "Operator"))]);

        // In one piece, for the server may read it at any moment.
        var whole = path + ".new";
        File.WriteAllText(whole, file.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(whole, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(whole, path, overwrite: true);
        return people;

        CallInvoker Add(string name, string role)
        {
            var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            file.Add(new JsonObject { ["name"] = name, ["secretHash"] = HashOf(secret), ["roles"] = new JsonArray(role), ["region"] = city });
            return server.As(name, secret);
        }
    }

    /// <summary>In the file's form: pbkdf2-sha256$iterations$salt$hash.</summary>
    private static string HashOf(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2(secret, salt, Iterations, HashAlgorithmName.SHA256, outputLength: 32);
        return $"pbkdf2-sha256${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }
}
