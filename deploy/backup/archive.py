"""The file that a dump is: a zip of one BSON file for each collection, and a manifest that says what must be in it.

Everything about the file is looked at before anything is believed: a dump that was cut short, changed, or made by a newer
release is refused with a sentence, and nothing was touched by then.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from bson.raw_bson import RawBSONDocument
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from deploy.backup.files import Unusable, nameless, private, settle
from deploy.backup.sealing import seal
from shared.zips import DAMAGED

FORMAT = 1
MANIFEST = "manifest.json"
_LARGEST_DOCUMENT = 17_000_000
"""MongoDB's limit is 16 MiB; a length beyond it is no document's."""

_LARGEST_MANIFEST = 1_000_000
"""A line for each collection: a hundred times what there is."""


class Part(BaseModel):
    """One collection: how many documents, their bytes and hash, and the shape that they were written in."""

    model_config = ConfigDict(extra="forbid")

    documents: int
    bytes: int
    sha256: str
    schema_number: int


class Manifest(BaseModel):
    """What a dump says of itself. All its documents are of one moment, not before ``made_at``."""

    model_config = ConfigDict(extra="forbid")

    format: int
    release: str
    made_at: AwareDatetime
    databases: dict[str, dict[str, Part]]


class Writer:
    """Writes a dump beside its final name, readable by nobody else, and gives it the name when it is whole.

    For recipients it is encrypted: until then it has no name, so that a process that is killed leaves nothing to read.
    """

    def __init__(self, path: Path, recipients: Sequence[Any] = ()) -> None:
        self._path = path
        self._recipients = recipients
        self._file: IO[bytes] = nameless(path.parent) if recipients else private(path)
        self._part = None if recipients else Path(self._file.name)
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._member: IO[bytes] | None = None

    def member(self, service: str, collection: str) -> "MemberWriter":
        """A collection's file; the one before is finished."""
        self._member = self._zip.open(f"{service}/{collection}.bson", "w", force_zip64=True)
        return MemberWriter(self._member)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest; everything is on the disk afterwards."""
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        self._zip.close()
        if self._recipients:
            plain, self._file = self._file, private(self._path)
            self._part = Path(self._file.name)
            with plain:
                plain.seek(0)
                seal(plain, self._file, self._recipients)
        settle(self._file)

    def take_name(self) -> None:
        """From now on it is a dump."""
        Path(self._file.name).replace(self._path)

    def give_up(self) -> None:
        """Remove what was written so far."""
        if self._member is not None:
            self._member.close()
        self._zip.close()
        self._file.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)


class MemberWriter:
    """Documents of one collection, counted and hashed while they are written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._documents = self._bytes = 0

    def add(self, document: RawBSONDocument) -> None:
        """One more document, as MongoDB has it."""
        self._file.write(document.raw)
        self._hash.update(document.raw)
        self._documents += 1
        self._bytes += len(document.raw)

    def finish(self, schema_number: int) -> Part:
        """What was written."""
        self._file.close()
        return Part(
            documents=self._documents,
            bytes=self._bytes,
            sha256=self._hash.hexdigest(),
            schema_number=schema_number,
        )


class Archive:
    """A dump that can be read, as a context manager. ``opened``: what ``path`` holds, when it was decrypted.

    Raises:
        Unusable: on opening, when it is no dump, cut short, or of another format.
    """

    def __init__(self, path: Path, opened: IO[bytes] | None = None) -> None:
        try:
            self._zip = zipfile.ZipFile(opened or path)
        except FileNotFoundError:
            raise Unusable(f"there is no file {path}.") from None
        except DAMAGED as error:
            raise Unusable(f"{path} is no dump, or was cut short ({type(error).__name__}).") from None
        try:
            self.manifest = self._read_manifest(path)
        except Unusable:
            self._zip.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def verify(self) -> None:
        """Read everything once and compare.

        Raises:
            Unusable: a file is missing, too many, or not what the manifest says.
        """
        wanted = {
            f"{service}/{name}.bson": part
            for service, collections in self.manifest.databases.items()
            for name, part in collections.items()
        }
        there = set(self._zip.namelist()) - {MANIFEST}
        for name in sorted(there ^ set(wanted)):
            raise Unusable(f"the dump {'has no' if name in wanted else 'has a file that nobody knows,'} {name}.")
        for name, part in wanted.items():
            digest, size, documents = hashlib.sha256(), 0, 0
            for raw in self._raw(name):
                digest.update(raw)
                size += len(raw)
                documents += 1
            if (documents, size, digest.hexdigest()) != (part.documents, part.bytes, part.sha256):
                raise Unusable(f"{name} in the dump is not what was written.")

    def documents(self, service: str, collection: str) -> Iterator[RawBSONDocument]:
        """The documents of a collection."""
        for raw in self._raw(f"{service}/{collection}.bson"):
            yield RawBSONDocument(raw)

    def _raw(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(name) as file:
                while head := file.read(4):
                    length = int.from_bytes(head, "little")
                    if len(head) < 4 or not 5 <= length <= _LARGEST_DOCUMENT:
                        raise Unusable(f"{name} in the dump is damaged.")
                    rest = file.read(length - 4)
                    if len(rest) != length - 4:
                        raise Unusable(f"{name} in the dump was cut short.")
                    yield head + rest
        except DAMAGED as error:
            raise Unusable(f"{name} in the dump cannot be read ({type(error).__name__}).") from None

    def _read_manifest(self, path: Path) -> Manifest:
        try:
            with self._zip.open(MANIFEST) as file:
                text = file.read(_LARGEST_MANIFEST + 1)
        except DAMAGED:
            raise Unusable(f"{path} is no dump of this product: it has no readable manifest.") from None
        if len(text) > _LARGEST_MANIFEST:
            raise Unusable(f"{path} is no dump of this product: its manifest is larger than any.")
        number = _format_of(text)
        if number != FORMAT:
            told = number if isinstance(number, int) and 0 <= number < 1_000_000 else "that nobody knows"
            raise Unusable(f"{path} is a dump of format {told}; this release reads format {FORMAT}.")
        try:
            return Manifest.model_validate_json(text)
        except ValidationError:
            raise Unusable(f"{path} has a manifest that cannot be read.") from None


class _OfAnyFormat(BaseModel):
    format: Any = None


def _format_of(text: bytes) -> Any:
    try:
        return _OfAnyFormat.model_validate_json(text).format
    except ValidationError:
        return None
