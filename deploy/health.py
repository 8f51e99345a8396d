"""Asks a process of this container for its readiness: a socket and nothing more, because it runs again and again."""

import socket
import sys

PATIENCE_SECONDS = 4.0


def ready(port: int) -> bool:
    """Whether /health/ready answers 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
            connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).split(b" ", 2)[1:2] == [b"200"]
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not ready(int(sys.argv[1])))
