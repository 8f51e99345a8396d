"""Stands in for ``curl`` on PATH: asks the real one, writes down what was asked and answered, fails unless it was 2xx.

What comes over Kafka is there a moment later, so it asks again while the answer is an empty list or 404 (an object that
another service has not heard of yet), until the deadline that all calls of a run share. Nothing was done by a request
that was answered with 404: repeating it is safe. For tests of commands that people type.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REAL, RECORD, DEADLINE = "RECORDING_CURL_REAL", "RECORDING_CURL_RECORD", "RECORDING_CURL_DEADLINE"
_REFUSED = 22  # as curl --fail
_PAUSE_SECONDS = 0.05


def ask(arguments: Sequence[str]) -> tuple[int, str]:
    """Status (0: nobody answered) and body."""
    with tempfile.TemporaryDirectory() as folder:
        headers = Path(folder) / "headers"
        done = subprocess.run(
            [os.environ[REAL], *arguments, "--max-time", "30", "--dump-header", str(headers)],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        lines = headers.read_text().splitlines() if headers.exists() else []
    statuses = [line.split()[1] for line in lines if line.startswith("HTTP/")]
    return (int(statuses[-1]) if statuses and done.returncode == 0 else 0), done.stdout


def too_early(status: int, body: str) -> bool:
    """Whether asking again a moment later may give more."""
    return status == 404 or (200 <= status < 300 and _parsed(body).get("items") == [])


def _parsed(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def main(arguments: Sequence[str]) -> int:
    """Exit code of the stand-in."""
    status, body = ask(arguments)
    while too_early(status, body) and time.time() < float(os.environ[DEADLINE]):
        time.sleep(_PAUSE_SECONDS)
        status, body = ask(arguments)
    url = next((one for one in arguments if one.removeprefix("http://").startswith(("localhost", "127.0.0.1"))), "")
    with Path(os.environ[RECORD]).open("a") as record:
        record.write(json.dumps({"url": url, "status": status, "body": body}) + "\n")
    sys.stdout.write(body)
    return 0 if 200 <= status < 300 else _REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
