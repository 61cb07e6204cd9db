"""Calls the parrot with Python's gRPC, without generated code: messages are written and read here, byte by byte."""

import json
import sys

import grpc

SERVICE = "/ktpgrpc.compat.tests.Parrot/"
RAW = lambda data: data


def phrase(text):
    data = text.encode()
    return b"\x0a" + varint(len(data)) + data


def text_of(message):
    """The first field, which is all that this client reads."""
    if message[:1] != b"\x0a":
        return ""
    length, start, shift = 0, 1, 0
    while True:
        byte = message[start]
        length |= (byte & 0x7F) << shift
        start, shift = start + 1, shift + 7
        if byte < 0x80:
            return message[start:start + length].decode()


def varint(value):
    data = b""
    while value >= 0x80:
        data += bytes([value & 0x7F | 0x80])
        value >>= 7
    return data + bytes([value])


def failure_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def main(address):
    with grpc.insecure_channel(address) as channel:
        say = channel.unary_unary(SERVICE + "Say", request_serializer=RAW, response_deserializer=RAW)
        count = channel.unary_stream(SERVICE + "Count", request_serializer=RAW, response_deserializer=RAW)
        gather = channel.stream_unary(SERVICE + "Gather", request_serializer=RAW, response_deserializer=RAW)
        chat = channel.stream_stream(SERVICE + "Chat", request_serializer=RAW, response_deserializer=RAW)
        sentence = "the same again, " * 1000

        answer, call = say.with_call(phrase("halo"), timeout=30, metadata=(("key-bin", b"\x00\xff"),))
        trailers = dict(call.trailing_metadata())
        failure = failure_of(lambda: say(phrase("fail"), timeout=30))
        late = failure_of(lambda: say(phrase("wait"), timeout=0.5))

        json.dump({
            "unary": text_of(answer),
            "trailer": list(trailers["echo-bin"]),
            "gzip": text_of(say(phrase(sentence), timeout=30, compression=grpc.Compression.Gzip)) == "gzip " + sentence,
            "deflate": text_of(say(phrase(sentence), timeout=30, compression=grpc.Compression.Deflate)) == "deflate " + sentence,
            "gather": text_of(gather(iter([phrase("a"), phrase("b")]), timeout=30)),
            "count": [text_of(message) for message in count(phrase("x"), timeout=30)],
            "chat": [text_of(message) for message in chat(iter([phrase("a"), phrase("b")]), timeout=30)],
            "failure": [failure.code().name, failure.details(), dict(failure.trailing_metadata())["reason"]],
            "late": late.code().name,
        }, sys.stdout)


main(sys.argv[1])
