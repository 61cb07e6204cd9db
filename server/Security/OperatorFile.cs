using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Security;

/// <summary>
/// The operators of an embedded server: one JSON file of names, hashes of secrets, roles and regions, read again when it
/// changes. At the first start an admin of the whole tree is made, and his secret is left beside it in admin.secret.
/// </summary>
internal sealed partial class OperatorFile
{
    private const int MostRemembered = 1000;

    private readonly string _path;
    private readonly ILogger<OperatorFile> _logger;
    private readonly Lock _turn = new();
    private ConcurrentDictionary<string, Caller> _verified = new();
    private Dictionary<string, OperatorEntry> _operators = [];
    private DateTime _readVersion;

    public OperatorFile(DataFolder folder, ILogger<OperatorFile> logger)
    {
        _logger = logger;
        _path = Path.Combine(folder.Root, "operators.json");
        AdminSecretPath = Path.Combine(folder.Root, "admin.secret");
        DataFolder.ReadOrCreateSecret(_path, () =>
        {
            var secret = DataFolder.ReadOrCreateSecret(AdminSecretPath, () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)) + "\n").Trim();
            return JsonSerializer.Serialize([new OperatorEntry("admin", SecretHash.Of(secret), [Role.Admin], "")], OperatorJson.Default.OperatorEntryArray);
        });
        Read();
    }

    public string AdminSecretPath { get; }

    /// <summary>The operator of a name and a secret; anonymous, with the reason, where they do not fit.</summary>
    public Caller Verify(string name, string secret)
    {
        ReadWhenChanged();
        var verified = _verified;
        var remembered = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name + "\n" + secret)));
        if (verified.TryGetValue(remembered, out var known))
        {
            return known;
        }

        // One at a time: slow hashes must not fill the processors for somebody who guesses.
        lock (_turn)
        {
            if (!_operators.TryGetValue(name, out var entry) || !SecretHash.Matches(entry.SecretHash, secret))
            {
                return Caller.Anonymous with { Refusal = "The operator's name or secret is wrong." };
            }

            var caller = CallerOf(entry);
            if (verified.Count < MostRemembered)
            {
                verified[remembered] = caller;
            }

            return caller;
        }
    }

    /// <summary>The operator of a name, without his secret; null where the file has none.</summary>
    public Caller? Find(string name)
    {
        ReadWhenChanged();
        return _operators.TryGetValue(name, out var entry) ? CallerOf(entry) : null;
    }

    private static Caller CallerOf(OperatorEntry entry) =>
        new(CallerKind.Operator, entry.Name, entry.Roles.Aggregate(Role.Viewer, (all, role) => all | role), RegionCode.Trusted(entry.Region));

    private void ReadWhenChanged()
    {
        var version = File.GetLastWriteTimeUtc(_path);
        if (version == _readVersion)
        {
            return;
        }

        lock (_turn)
        {
            if (version == _readVersion)
            {
                return;
            }

            try
            {
                Read();
            }
            catch (Exception fault) when (fault is IOException or JsonException or InvalidDataException or UnauthorizedAccessException)
            {
                // An editor may be half through, or somebody's mistake stands in it: who was known stays known until it is mended.
                _readVersion = version;
                LogUnreadable(_logger, fault);
            }
        }
    }

    private void Read()
    {
        var version = File.GetLastWriteTimeUtc(_path);
        var entries = JsonSerializer.Deserialize(File.ReadAllBytes(_path), OperatorJson.Default.OperatorEntryArray) ?? [];
        var operators = new Dictionary<string, OperatorEntry>();
        foreach (var entry in entries)
        {
            if (entry is not { Name.Length: > 0, Roles: not null } || !RegionCode.TryParse(entry.Region, out _)
                || !SecretHash.IsOne(entry.SecretHash) || !operators.TryAdd(entry.Name, entry))
            {
                throw new InvalidDataException($"{_path}: operator '{entry?.Name}' lacks a name, a secret's hash, roles or the code of a region, or stands there twice.");
            }
        }

        _operators = operators;
        _verified = new ConcurrentDictionary<string, Caller>();
        _readVersion = version;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The file of operators cannot be read: those it named before stay.")]
    private static partial void LogUnreadable(ILogger logger, Exception fault);
}

/// <summary>One operator as the file has him.</summary>
internal sealed record OperatorEntry(string Name, string SecretHash, Role[] Roles, string Region);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OperatorEntry[]))]
internal sealed partial class OperatorJson : JsonSerializerContext;
