"""An Apache Kafka with the locks of the compose file's: SASL/SCRAM, ACLs, and a TLS door for partners. One node.

Its settings are ``deploy/kafka/server.properties`` itself, so that what the tests try is what an operator runs.
"""

import secrets
import socket
import struct
import subprocess
from pathlib import Path

from deploy.access.certificates import authority, server_certificate
from deploy.local.apache import java_binary, kafka_jars
from deploy.local.engine import Engine
from deploy.local.jvm import FAST_START
from deploy.local.process import Process, StartFailed, free_port

_TEMPLATE = Path(__file__).parents[1] / "kafka" / "server.properties"
_LOGGING = Path(__file__).parent / "kafka" / "log4j2.yaml"
_CLUSTER = "5L6g3nShT-eMCtK--X86sw"
_API_VERSIONS = struct.pack(">ihhihb", 11, 18, 0, 1, 1, ord("b"))
ADMIN = "bassin-admin"


class SecuredKafka(Engine):
    """``admin_password`` is that of the superuser ``bassin-admin``, the only account there is at first."""

    name = "Kafka with locks"
    start_timeout = 60.0

    def __init__(self, folder: Path) -> None:
        super().__init__(free_port())
        self.folder = folder
        self.partners_port = free_port()
        self.admin_password = secrets.token_urlsafe(24)
        self.ca_file = folder / "ca.pem"
        self._broker_password = secrets.token_urlsafe(24)
        self._controller_port = free_port()
        self._properties = folder / "server.properties"

    @property
    def bootstrap(self) -> str:
        """The services' door (SASL_PLAINTEXT)."""
        return f"127.0.0.1:{self.port}"

    @property
    def partners(self) -> str:
        """The partners' door (SASL_SSL; ``ca_file`` is the authority)."""
        return f"127.0.0.1:{self.partners_port}"

    def _program(self) -> Process:
        if not self._properties.exists():
            self._prepare()
        return Process(self.name, self._java("kafka.Kafka", str(self._properties)), log=self.folder / "kafka.log")

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        signer = authority()
        self.ca_file.write_bytes(signer.certificate)
        certificate = self.folder / "kafka.pem"
        certificate.write_bytes(server_certificate(signer, ["localhost", "127.0.0.1"]).whole)
        text = _TEMPLATE.read_text()
        for word, value in {
            "INTERNAL_BIND": self.bootstrap,
            "INTERNAL_ADVERTISED": self.bootstrap,
            "PARTNERS_BIND": self.partners,
            "PARTNERS_ADVERTISED": self.partners,
            "CONTROLLER_PORT": str(self._controller_port),
            "BROKER_PASSWORD": self._broker_password,
            "CERTIFICATE": str(certificate),
            "DATA": str(self.folder / "data"),
        }.items():
            text = text.replace(f"@{word}@", value)
        self._properties.write_text(text)
        users = {"bassin-broker": self._broker_password, ADMIN: self.admin_password}
        scram = [
            part
            for name, password in users.items()
            for part in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
        ]
        tool = ("kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(self._properties), *scram)
        done = subprocess.run(self._java(*tool), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartFailed(f"Kafka's storage could not be formatted: {done.stdout}{done.stderr}")

    def _java(self, main: str, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={_LOGGING}"
        return [java_binary(), *FAST_START, logging, "-cp", f"{kafka_jars()}/*", main, *arguments]

    def _answers(self) -> bool:
        # Before it knows who asks, a broker answers one question only: which versions it speaks.
        with socket.create_connection(("127.0.0.1", self.port), timeout=1.0) as connection:
            connection.sendall(_API_VERSIONS)
            return len(connection.recv(4)) == 4
