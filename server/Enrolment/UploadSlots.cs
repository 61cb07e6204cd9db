using Grpc.Core;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Enrolment;

/// <summary>Bounds the uploads at once, of all stations and of each.</summary>
internal sealed class UploadSlots(EnrolmentOptions options)
{
    private readonly Dictionary<StationId, int> _ofStation = [];
    private readonly Lock _turn = new();
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a slot until it is disposed; refuses with RESOURCE_EXHAUSTED where none is free.</summary>
    public IDisposable Take(StationId station)
    {
        lock (_turn)
        {
            var taken = _ofStation.GetValueOrDefault(station);
            if (_taken >= options.MostUploads)
            {
                throw Refuse.Because(StatusCode.ResourceExhausted, $"The server takes {options.MostUploads} uploads at once, and has them: try again in a while.");
            }

            if (taken >= options.MostUploadsOfStation)
            {
                throw Refuse.Because(StatusCode.ResourceExhausted, $"A station may have {options.MostUploadsOfStation} uploads at once, and {station} has them: end one first.");
            }

            _taken++;
            _ofStation[station] = taken + 1;
        }

        return new Slot(this, station);
    }

    private void Free(StationId station)
    {
        lock (_turn)
        {
            _taken--;
            if (--_ofStation[station] == 0)
            {
                _ofStation.Remove(station);
            }
        }
    }

    private sealed class Slot(UploadSlots slots, StationId station) : IDisposable
    {
        private bool _freed;

        public void Dispose()
        {
            if (!_freed)
            {
                _freed = true;
                slots.Free(station);
            }
        }
    }
}
