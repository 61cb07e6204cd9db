"""A station that none of our code drives: joins with a token, opens a session with its certificate, streams samples.

station_client.py ADDRESS CA_PEM TOKEN PROTOS SCRATCH SAMPLES; prints one JSON object.
"""
import json
import os
import queue
import subprocess
import sys
import time

import grpc

address, ca_path, token, protos, scratch, samples = sys.argv[1:]
subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"--python_out={scratch}", f"--grpc_python_out={scratch}",
                "ktp/stations/v1/stations.proto", "ktp/session/v1/session.proto", "ktp/health/v1/health.proto"], check=True)
sys.path.insert(0, scratch)
from ktp.health.v1 import health_pb2  # noqa: E402
from ktp.session.v1 import session_pb2, session_pb2_grpc  # noqa: E402
from ktp.stations.v1 import stations_pb2, stations_pb2_grpc  # noqa: E402

key, request = f"{scratch}/station.key", f"{scratch}/station.csr"
subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=station",
                "-keyout", key, "-out", request, "-outform", "DER"], check=True, capture_output=True)
with open(ca_path, "rb") as file:
    ca = file.read()
with open(request, "rb") as file:
    signing_request = file.read()
with grpc.secure_channel(address, grpc.ssl_channel_credentials(ca)) as channel:
    joined = stations_pb2_grpc.StationServiceStub(channel).Join(
        stations_pb2.JoinRequest(token=token, certificate_request=signing_request), timeout=20)

certificate = subprocess.run(["openssl", "x509", "-inform", "DER"], input=joined.certificate, check=True, capture_output=True).stdout
with open(key, "rb") as file:
    credentials = grpc.ssl_channel_credentials(ca, file.read(), certificate)

scanner = health_pb2.Device(kind=health_pb2.DEVICE_KIND_FINGERPRINT, serial="FP-PY-1", model="py-scan")
to_send = queue.Queue()


def sample(number):
    taken = health_pb2.Sample(device=scanner)
    taken.taken_at.GetCurrentTime()
    taken.counters.add(signal=health_pb2.SIGNAL_CAPTURES_OK, total=number)
    return session_pb2.ConnectRequest(sequence=number + 1, samples=session_pb2.SampleBatch(samples=[taken]))


seen, refused, welcome = 0, [], None
with grpc.secure_channel(address, credentials) as channel:
    to_send.put(session_pb2.ConnectRequest(sequence=1, hello=session_pb2.Hello(
        agent_version="python", devices=[scanner], instance_id=os.urandom(16), outbox_id=os.urandom(16))))
    for number in range(1, int(samples) + 1):
        to_send.put(sample(number))
    future = sample(int(samples) + 1)
    future.samples.samples[0].taken_at.FromSeconds(int(time.time()) + 3600)
    to_send.put(future)
    for answer in session_pb2_grpc.SessionServiceStub(channel).Connect(iter(to_send.get, None), timeout=60):
        if answer.HasField("welcome"):
            welcome = answer.welcome
        elif answer.HasField("refusal"):
            refused.append([answer.refusal.sequence, answer.refusal.code, answer.refusal.message])
        elif answer.HasField("ack"):
            seen = answer.ack.seen_sequence
        if seen >= future.sequence and refused:
            to_send.put(None)
            break

print(json.dumps({"station": joined.station_id, "welcomed": welcome is not None, "seen": seen, "refused": refused}))
