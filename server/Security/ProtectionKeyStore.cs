using System.Xml.Linq;
using KtpGrpc.Server.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace KtpGrpc.Server.Security;

/// <summary>Keeps the Data Protection keys in the database, so that all servers share them.</summary>
internal sealed class ProtectionKeyStore(Database database) : IXmlRepository
{
    // The interface is synchronous; it is called at start and when a key is renewed, not by a request.
    public IReadOnlyCollection<XElement> GetAllElements() => database.ReadAsync(
        tx => tx.ListAsync("SELECT xml FROM protection_keys ORDER BY name", row => XElement.Parse(row.GetString(0))), CancellationToken.None)
        .GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => database.WriteAsync(
        tx => tx.ExecuteAsync("INSERT INTO protection_keys (name, xml) VALUES ($1, $2)", friendlyName, element.ToString(SaveOptions.DisableFormatting)), CancellationToken.None)
        .GetAwaiter().GetResult();
}
