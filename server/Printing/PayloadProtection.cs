using Microsoft.AspNetCore.DataProtection;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// Encrypts what is printed and encoded. Its keys come from the database that the payloads lie in: use it before or after
/// a transaction, never inside.
/// </summary>
internal sealed class PayloadProtection(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("printing.payloads");

    public byte[] Protect(byte[] payload) => _protector.Protect(payload);

    public byte[] Unprotect(byte[] payload) => _protector.Unprotect(payload);
}
