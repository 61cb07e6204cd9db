"""Knows the two standard protos of gRPC and nothing of ours: learns the contract from the server, and calls by it.

reflection_client.py ADDRESS CA_PEM SECRET_FILE PROTOS SCRATCH; prints one JSON object.
"""
import base64
import json
import subprocess
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

address, ca, secret, protos, scratch = sys.argv[1:]
subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"--python_out={scratch}", f"--grpc_python_out={scratch}",
                "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto"], check=True)
# The generated packages share their name with the library's.
grpc.__path__.append(scratch + "/grpc")
from grpc.health.v1 import health_pb2, health_pb2_grpc  # noqa: E402
from grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc  # noqa: E402

with open(ca, "rb") as pem:
    channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(pem.read()))


def ask(**question):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    return next(iter(stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(**question)]), timeout=20)))


services = [service.name for service in ask(list_services="").list_services_response.service]
pool = descriptor_pool.DescriptorPool()
files = [descriptor_pb2.FileDescriptorProto.FromString(data) for data in
         ask(file_containing_symbol="ktp.stations.v1.StationService").file_descriptor_response.file_descriptor_proto]
while files:
    file = files.pop(0)
    known = {done for done in file.dependency if not any(other.name == done for other in files)}
    if known == set(file.dependency):
        pool.Add(file)
    else:
        files.append(file)

method = pool.FindServiceByName("ktp.stations.v1.StationService").FindMethodByName("ListRegions")


def message(descriptor):
    make = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    return make(descriptor)


with open(secret) as file:
    authorization = "Basic " + base64.b64encode(f"admin:{file.read().strip()}".encode()).decode()
list_regions = channel.unary_unary(
    f"/{method.containing_service.full_name}/{method.name}",
    request_serializer=lambda request: request.SerializeToString(),
    response_deserializer=message(method.output_type).FromString)
regions = list_regions(message(method.input_type)(region_code="53"), metadata=[("authorization", authorization)], timeout=20).regions

status = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20).status
print(json.dumps({
    "health": health_pb2.HealthCheckResponse.ServingStatus.Name(status),
    "services": services,
    "regions": [region.code for region in regions],
    "notFound": ask(file_containing_symbol="no.such.Thing").error_response.error_code,
}))
