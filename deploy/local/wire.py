"""The least of the Kafka protocol: one metadata request, to know when a broker answers."""

import socket
import struct

_METADATA = 3
_CLIENT = b"bassin-local"


def broker_count(host: str, port: int, timeout: float = 1.0) -> int:
    """How many brokers the cluster behind this address announces.

    Raises:
        OSError: nobody listens, or the connection ended.
        struct.error: the answer is not a metadata response.
    """
    # Metadata v1 with an empty topic list: the oldest version that asks for the brokers alone.
    body = struct.pack(f">hhih{len(_CLIENT)}si", _METADATA, 1, 1, len(_CLIENT), _CLIENT, 0)
    with socket.create_connection((host, port), timeout=timeout) as connection:
        connection.sendall(struct.pack(">i", len(body)) + body)
        (size,) = struct.unpack(">i", _exactly(connection, 4))
        _correlation, brokers = struct.unpack_from(">ii", _exactly(connection, size))
    return int(brokers)


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise ConnectionError("the broker closed the connection")
        received += part
    return received
