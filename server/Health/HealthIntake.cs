using System.Collections.Concurrent;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>Takes what stations say of their devices.</summary>
internal sealed class HealthIntake
{
    private readonly ConcurrentDictionary<StationId, DateTimeOffset> _heard = new();

    public ValueTask HelloAsync(
        StationId station, IReadOnlyList<Ktp.Health.V1.Device> devices, IReadOnlyList<Ktp.Health.V1.Device> renewed, DateTimeOffset now, CancellationToken cancellation)
    {
        Heard(station, now);
        return ValueTask.CompletedTask;
    }

    public ValueTask TakeAsync(StationId station, IReadOnlyList<Ktp.Health.V1.Sample> samples, DateTimeOffset now, CancellationToken cancellation)
    {
        Heard(station, now);
        return ValueTask.CompletedTask;
    }

    public void Heard(StationId station, DateTimeOffset now) => _heard[station] = now;
}
