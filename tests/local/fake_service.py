"""Stands in for a service in the runner's tests: health, its environment, and a diary of what was run.

``python -m tests.local.fake_service all|init|resync|broken|forever``; DIARY names the file that each run is written to.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path in {"/health/ready", "/environment"}
        body = json.dumps(dict(os.environ)).encode() if self.path == "/environment" else b"{}"
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def main(command: str, name: str) -> None:
    with Path(os.environ["DIARY"]).open("a") as diary:
        diary.write(f"{command} {name}\n")
    if command == "broken":
        sys.exit("BASSIN_HOST is not usable: this service never starts.")
    if command == "forever":
        threading.Event().wait()
    if command == "all":
        ThreadingHTTPServer((os.environ["BASSIN_HOST"], int(os.environ["BASSIN_PORT"])), _Handler).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
