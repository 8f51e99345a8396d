"""Keycloak on the JVM, from Maven Central's distribution, with the realm of ``deploy/identity``: IDENTITY=keycloak."""

import json
import os
import secrets
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from deploy.local import jvm
from deploy.local.engine import Engine, EngineMissing
from deploy.local.process import LocalStackError, Process

REALM = "bassin"
PORT = 8010
_REALM_FILE = Path(__file__).parents[1] / "identity" / "realm.json"
_POM = Path(__file__).parent / "keycloak" / "pom.xml"
_SETTING = "IDENTITY=keycloak"
_ALTERNATIVES = "Leave IDENTITY out to use make token, or start everything with: docker compose --profile identity up."
_HEAP = "-Xmx512m"
# Decided when the distribution is prepared; all else is decided at each start.
_BUILT_WITH = ("--db=dev-file", "--features-disabled=kerberos,ciba,device-flow,impersonation")
_BUILD_SECONDS = 900

FRONT_ENDS = ("bassin-front", "bassin-staff")
"""The realm's public clients."""
ACCOUNTS_PASSWORD = "bassin-local-only"
"""Of the accounts that every local realm has. No other realm has these accounts."""


class IdentityKind(StrEnum):
    """Who signs tokens: the local stack's own key, or a Keycloak that is started with it."""

    TOKENS = "tokens"
    KEYCLOAK = "keycloak"


def chosen_identity(environ: Mapping[str, str] | None = None) -> IdentityKind:
    """What IDENTITY asks for.

    Raises:
        LocalStackError: it names neither.
    """
    wanted = (os.environ if environ is None else environ).get("IDENTITY") or IdentityKind.TOKENS
    if wanted not in set(IdentityKind):
        raise LocalStackError(f"IDENTITY={wanted} is not known; it is one of {', '.join(IdentityKind)}.")
    return IdentityKind(wanted)


class Keycloak(Engine):
    """Keycloak with the realm, its database in ``folder``; accounts are kept between starts.

    Args:
        folder: where its home is; whoever removes it removes the accounts.
        log: its log file.
        environment: what fills the realm's ``${…}`` when it is made; later starts leave the realm as it is.
        port: the port on localhost, which is part of the issuer's name.
        accounts: people whom a new realm has, beside those who register themselves.
    """

    name = "Keycloak"
    # 20 s on two idle cores, when the realm is made; a contended machine took 100.
    start_timeout = 300.0

    def __init__(
        self,
        folder: Path,
        log: Path,
        environment: Mapping[str, str],
        port: int | None = None,
        accounts: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(port)
        self.folder = folder
        self.log = log
        self._environment = dict(environment)
        self._accounts = accounts

    @property
    def url(self) -> str:
        """Where people log in. A name, not an address: cookies of localhost and of 127.0.0.1 are strangers."""
        return f"http://localhost:{self.port}"

    @property
    def discovery(self) -> str:
        """Value for BASSIN_JWKS."""
        return f"{self.url}/realms/{REALM}/.well-known/openid-configuration"

    @property
    def secret(self) -> str:
        """Of the services' own client and of the temporary administrator ``admin``; made once per folder."""
        file = self.folder / "secret"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as new:
                new.write(secrets.token_urlsafe(24))
        return file.read_text()

    def _program(self) -> Process:
        distribution = _distribution()
        self._furnish(distribution)
        environment = {
            **self._environment,
            "BASSIN_IDENTITY_SECRET": self.secret,
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.secret,
        }
        arguments = (
            "start", "--optimized", "--import-realm", "--http-enabled=true", "--http-host=127.0.0.1",
            f"--http-port={self.port}", f"--hostname={self.url}", "--cache=local",
        )  # fmt: skip
        return Process(self.name, _command(self.folder, *arguments), log=self.log, env=environment)

    def _furnish(self, distribution: Path) -> None:
        """A home of its own that shares the distribution's files: only ``data`` is written to."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in ("lib", "conf", "providers", "themes", "version.txt"):
            link = self.folder / part
            link.unlink(missing_ok=True)
            link.symlink_to(distribution / part)
        imported = self.folder / "data" / "import"
        imported.mkdir(parents=True, exist_ok=True)
        (imported / f"{REALM}-realm.json").write_text(_REALM_FILE.read_text())
        users = {"realm": REALM, "users": list(self._accounts)}
        (imported / f"{REALM}-users-0.json").write_text(json.dumps(users))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.discovery, timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False


def _distribution() -> Path:
    """Folder of the distribution, prepared for what we run it with (40 s to fetch, 60 s of processor to prepare, once).

    Raises:
        EngineMissing: no Java, no Maven, or it could not be fetched or prepared.
    """
    jvm.java_binary(_SETTING, _ALTERNATIVES)
    fetched = jvm.from_maven(_POM, "keycloak", "unpack-dependencies", _SETTING, _ALTERNATIVES, _prepare)
    return next(fetched.glob("keycloak-*"))


def _prepare(fetched: Path) -> None:
    built = subprocess.run(
        _command(next(fetched.glob("keycloak-*")), "build", *_BUILT_WITH),
        capture_output=True,
        text=True,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if built.returncode != 0:
        raise EngineMissing(f"Keycloak could not be prepared: {(built.stdout + built.stderr)[-800:]} {_ALTERNATIVES}")


def _command(home: Path, *arguments: str) -> list[str]:
    """What ``kc.sh`` runs, without the shell between: a shell would be ended in its stead."""
    return [
        jvm.java_binary(_SETTING, _ALTERNATIVES),
        *(option for option in jvm.FAST_START if not option.startswith("-Xmx")),
        _HEAP,
        # Set before anything uses the common pool, as kc.sh does.
        "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
        f"-Dkc.home.dir={home}",
        f"-Djboss.server.config.dir={home / 'conf'}",
        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
        "-Dpicocli.disable.closures=true",
        "-cp",
        str(home / "lib" / "quarkus-run.jar"),
        "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
        *arguments,
    ]


def local_accounts() -> list[dict[str, Any]]:
    """One account for each kind of caller, for trying things out: ``lea@bassin.localhost`` and so on."""
    people = {
        "camille": ((), ()),
        "marie": ((), ()),
        "lea": (("counsellor",), ("23",)),
        "paul": (("manager",), ("23",)),
        "nadia": (("facilitator",), ("23",)),
    }
    return [account(name, roles, territories) for name, (roles, territories) in people.items()]


def account(name: str, roles: Sequence[str] = (), territories: Sequence[str] = ()) -> dict[str, Any]:
    """A person in the shape of Keycloak's import, with a verified address and the local password."""
    return {
        "username": f"{name}@bassin.localhost",
        "email": f"{name}@bassin.localhost",
        "emailVerified": True,
        "enabled": True,
        "firstName": name.capitalize(),
        "lastName": "Essai",
        "attributes": {"territories": list(territories)},
        "realmRoles": [f"default-roles-{REALM}", *roles],
        "credentials": [{"type": "password", "value": ACCOUNTS_PASSWORD, "temporary": False}],
    }
