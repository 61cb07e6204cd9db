using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KtpGrpc.Server.Storage;

/// <summary>Tells a disk without room from every other fault: it passes when somebody makes room, so the caller may try again.</summary>
internal static class StorageFull
{
    private const int SqliteFull = 13;

    // What .NET keeps of the system's error: errno on Unix (ENOSPC, EDQUOT), the HRESULT of a Win32 error on Windows.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int HandleDiskFull = unchecked((int)0x80070027);
    private const int DiskFull = unchecked((int)0x80070070);

    public static bool Is(Exception fault) => fault switch
    {
        IOException io => io.HResult is NoSpaceLeft or QuotaExceeded or HandleDiskFull or DiskFull,
        SqliteException sqlite => sqlite.SqliteErrorCode == SqliteFull,
        DbException database => database.SqlState == PostgresErrorCodes.DiskFull,
        _ => false,
    };
}
