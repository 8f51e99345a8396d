"""Shared libraries that the MongoDB server of the wheel needs and a small machine lacks, most of all libcurl."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from deploy.local.process import LocalStackError

_MISSING = re.compile(r"error while loading shared libraries: (?P<name>\S+): cannot open")
# Each try finds one, and it links five.
_TRIES = 6


class LibraryMissing(LocalStackError):
    """A server cannot be loaded on this machine; the message says what it lacks."""


def environment_for(server: Path, folder: Path | None = None) -> dict[str, str]:
    """Variables with which ``server`` can be loaded: none where the machine has what it needs.

    What is missing is lent by PycURL's wheel, which carries libcurl and OpenSSL under names of its own: ``folder`` (one of this
    Python environment when None) gets links with the names that are asked for. mongod of the local stack calls them for nothing
    but the start.

    Raises:
        LibraryMissing: something is missing that the wheel has not either.
    """
    lent = folder or Path(sys.prefix) / "lib" / "lent"
    environment: dict[str, str] = {}
    for _ in range(_TRIES):
        tried = subprocess.run(
            [server, "--version"], env=os.environ | environment, capture_output=True, text=True, check=False
        )
        if tried.returncode == 0:
            return environment
        missing = _MISSING.search(tried.stderr)
        lender = missing and _lender(missing["name"])
        if not missing or not lender:
            break
        _link(lent / missing["name"], lender)
        folders = (str(lent), str(lender.parent), os.environ.get("LD_LIBRARY_PATH"))
        environment = {"LD_LIBRARY_PATH": ":".join(filter(None, folders))}
    reason = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
    raise LibraryMissing(
        f"{server.name} cannot be loaded on this machine: {reason.rpartition(f'{server}: ')[2]}. Install what it lacks "
        "(libcurl: apt install libcurl4), set MONGODB_URL to a replica set that exists, or start everything with: "
        "docker compose up."
    )


def _lender(name: str) -> Path | None:
    """The file of PycURL's wheel that is this library (``libssl.so.3`` is ``libssl-8b66dd34.so.3`` there), if any."""
    wheel = find_spec("pycurl")
    if wheel is None or wheel.origin is None:
        return None
    stem, _, version = name.partition(".so.")
    files = (Path(wheel.origin).parents[1] / "pycurl.libs").glob(f"{stem}-*.so.{version}*")
    return min(files, default=None)


def _link(link: Path, target: Path) -> None:
    """Point ``link`` there, also while another process does the same."""
    link.parent.mkdir(parents=True, exist_ok=True)
    unfinished = link.with_name(f".{link.name}.{os.getpid()}")
    unfinished.symlink_to(target)
    unfinished.replace(link)
