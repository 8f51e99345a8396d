"""What a bounded child is told to do in tests."""

import os
import socket
import time

from shared.bounded_child import Declined


def work(given: bytes) -> bytes:
    """Do as told."""
    match given.decode():
        case "answer":
            return b"done"
        case "environment":
            return "\n".join(sorted(os.environ)).encode()
        case "decline":
            raise Declined("no-good")
        case "break":
            raise ValueError("Nadia")
        case "wait":
            time.sleep(60)
        case "compute":
            while True:
                pass
        case "memory":
            return bytes(len(bytearray(10**9)))
        case "talk":
            return b"x" * 10**7
        case "write":
            with open(f"/tmp/bassin-{os.getpid()}", "wb") as file:
                file.write(b"x" * 10**4)
        case "files":
            return str(len([socket.socket() for _ in range(200)])).encode()
        case other:
            return other.encode()
    return b""
