using System.Diagnostics.Metrics;

namespace KtpGrpc.Server.Storage;

/// <summary>How full the disk of the data folder is, and how many writes wait for the one that writes.</summary>
internal sealed class StorageInstruments
{
    public StorageInstruments(IMeterFactory meters, Database database, DataFolder folder)
    {
        var meter = meters.Create("ktp.storage");
        meter.CreateObservableGauge("ktp.storage.writes_waiting", () => database.WritesWaiting, "{write}", "Writes that wait for the embedded database's writer; 0 on PostgreSQL, which has none.");
        meter.CreateObservableGauge("ktp.storage.free", () => new DriveInfo(folder.Root).AvailableFreeSpace, "By", "Room on the disk of the data folder.");
    }
}
