"""The folder of an installation's secrets: made once, one file each, mounted into the containers that need them.

    kafka_broker kafka_admin kafka_bassin-offers … kafka_bassin-operator    passwords at Kafka
    mongo_admin mongo_bassin-offers … mongo_key                              passwords at MongoDB, and its members' key
    cursor_secret link_secret                                                what services sign with
    ca.pem ca.key kafka_certificate gateway.pem gateway.key                  an authority of one's own and what it signed
    smtp_password                                                            of the mail server: empty until it is put in
    identity_db identity_admin identity_services                             of Keycloak: its database, administrator, our client
    grafana_admin                                                            password of Grafana's administrator
    keys/                                                                    a key set as a file, where no provider serves one
    partners/<name>                                                          passwords of partners at Kafka

A file that is there is left alone, so own certificates and passwords go in beforehand, and running it again adds what a
new release needs. Removing a file and running it again renews the secret; the init job tells the servers.
"""

import base64
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.access.acls import OPERATOR, partner_user, service_user
from deploy.access.certificates import Signed, authority, server_certificate
from shared.contracts.topics import SERVICES

PARTNERS = "partners"
KEYS = "keys"
KAFKA_HOSTS = ("kafka", "localhost")


class Vault:
    """The folder. Its own mode keeps others out; the files are readable inside containers, which run as other users."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, hosts: Sequence[str]) -> list[str]:
        """Make what is missing; returns the names made.

        Args:
            hosts: names and addresses by which the gateway and Kafka's partners' door are reached; the first is public.

        Raises:
            OSError: the folder cannot be written.
            ValueError: there is an authority without its key, or no host.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (PARTNERS, KEYS):
            (self.folder / folder).mkdir(exist_ok=True)
        made: list[str] = []

        def keep(name: str, content: Callable[[], bytes]) -> None:
            path = self.folder / name
            if not path.exists():
                path.write_bytes(content())
                path.chmod(0o644)
                made.append(name)

        names = [f"kafka_{user}" for user in (*map(service_user, SERVICES), OPERATOR)]
        names += [f"mongo_{service_user(service)}" for service in SERVICES]
        names += ["identity_db", "identity_admin", "identity_services"]
        names += ["kafka_broker", "kafka_admin", "mongo_admin", "cursor_secret", "link_secret", "grafana_admin"]
        for name in names:
            keep(name, _password)
        keep("smtp_password", lambda: b"")
        # mongod takes base64 only, up to 1,024 characters.
        keep("mongo_key", lambda: base64.b64encode(secrets.token_bytes(480)))
        if not (self.folder / "ca.pem").exists():
            signer = authority()
            keep("ca.pem", lambda: signer.certificate)
            keep("ca.key", lambda: signer.key)
            (self.folder / "ca.key").chmod(0o600)
        keep("kafka_certificate", lambda: self._signed([*hosts, *KAFKA_HOSTS]).whole)
        if not (self.folder / "gateway.pem").exists():
            gateway = self._signed([*hosts, "localhost"])
            keep("gateway.pem", lambda: gateway.certificate)
            keep("gateway.key", lambda: gateway.key)
        return made

    def partner(self, name: str) -> bool:
        """Make a partner's password unless there is one; whether it was made.

        Raises:
            ValueError: the name cannot be a partner's.
        """
        partner_user(name)
        path = self.folder / PARTNERS / name
        if path.exists():
            return False
        path.write_bytes(_password())
        path.chmod(0o644)
        return True

    def read(self, name: str) -> str:
        """One secret.

        Raises:
            OSError: it is not there.
        """
        return (self.folder / name).read_text().removesuffix("\n")

    @property
    def partners(self) -> list[str]:
        """Names of the partners that have a password here."""
        folder = self.folder / PARTNERS
        return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []

    def _signed(self, hosts: Sequence[str]) -> Signed:
        key = self.folder / "ca.key"
        if not key.exists():
            raise ValueError("ca.pem is there without ca.key: put the servers' certificates beside it, or both.")
        unique = list(dict.fromkeys(hosts))
        return server_certificate(Signed((self.folder / "ca.pem").read_bytes(), key.read_bytes()), unique)


def _password() -> bytes:
    # No character that a properties file, an URL or a shell would take for something else.
    return secrets.token_urlsafe(32).encode()
