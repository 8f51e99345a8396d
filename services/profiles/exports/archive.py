"""The archive: JSON for each service, the files, and a page that is read without any program but a browser."""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.profiles.domain.export import SAID
from services.profiles.exports.words import lines
from shared.written import in_french

_IN_MEMORY = 8_000_000
_PAGES = Environment(
    loader=PackageLoader("services.profiles.exports", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class File:
    """A file that goes with it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Made:
    """An archive; who takes it closes ``content``."""

    content: IO[bytes]
    size: int
    sha256: str


def make(parts: Mapping[str, bytes], files: Sequence[File], first_name: str, at: datetime) -> Made:
    """``parts``: JSON by service, as the service said it. ``at``: as clocks show it where the person lives."""
    spool: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # whoever takes the archive closes it
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)

        read = {service: json.loads(content) for service, content in parts.items()}
        put("lisez-moi.html", page(read, [one.name for one in files], first_name, at).encode())
        for service, content in parts.items():
            put(f"donnees/{service}.json", content)
        for one in files:
            put(f"fichiers/{one.name}", one.content)
    spool.seek(0)
    digest = hashlib.sha256()
    size = 0
    while block := spool.read(1 << 20):
        digest.update(block)
        size += len(block)
    spool.seek(0)
    return Made(spool, size, digest.hexdigest())


def page(parts: Mapping[str, Any], files: Sequence[str], first_name: str, at: datetime) -> str:
    """What a person reads of it."""
    services = [
        {
            "name": name,
            "said": SAID[name].capitalize(),
            "kinds": [
                {**kind, "rows": [list(lines(document, at.tzinfo)) for document in kind["documents"]]}
                for kind in part["kinds"]
            ],
        }
        for name, part in parts.items()
    ]
    return _PAGES.get_template("page.html.j2").render(
        services=services,
        files=files,
        first_name=first_name,
        at=f"{in_french(at.date())} à {at.hour} h {at.minute:02d}",
    )
