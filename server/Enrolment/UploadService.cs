using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Enrolment;

/// <summary>Packets on the wire with their bytes, as the upload endpoint serves them.</summary>
internal sealed class UploadService(
    Database database, PacketIntake intake, CitizenRegister citizens, ServerCertificate certificate, EnrolmentInstruments instruments,
    PacketUpload upload, IHostApplicationLifetime host)
    : EnrolmentService(database, intake, citizens, certificate, instruments)
{
    [Right(Station = true)]
    public override Task<UploadResponse> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context) => CountedAsync(async () =>
    {
        var station = StationId.Of(Caller.Of(context));
        var packet = await upload.RunAsync(station, requestStream, context.CancellationToken, host.ApplicationStopping);
        return new UploadResponse { Receipt = ToWire(packet) };
    });
}
