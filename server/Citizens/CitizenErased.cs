using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Citizens;

/// <summary>A citizen's NIK and name were erased; the id leads to nobody from now on.</summary>
internal sealed record CitizenErased(string CitizenId, string Reason) : IFact
{
    public const string Kind = "citizens.erased";

    public string Subject => "citizen/" + CitizenId;

    public string Region => "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CitizenErased))]
internal sealed partial class CitizenJson : JsonSerializerContext;
