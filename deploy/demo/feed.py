"""A partner's file of offers, as it is: nothing is filtered here, the offers service says what it cannot use and why."""

from dataclasses import dataclass
from pathlib import Path

from deploy.demo.client import DemoFailed

SHIPPED = Path(__file__).with_name("data") / "offers_france_travail.json"


@dataclass(frozen=True)
class Feed:
    """A file's bytes and what they are."""

    path: Path
    content: bytes
    content_type: str

    @classmethod
    def read(cls, path: Path) -> "Feed":
        """Take a ``.json``, ``.jsonl`` file, either of them gzipped or not.

        Raises:
            DemoFailed: no such file, or another kind.
        """
        suffixes = path.suffixes[-2:]
        kinds = {".json": "application/json", ".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson"}
        kind = "application/gzip" if path.suffix == ".gz" and suffixes[:1] != [".gz"] else kinds.get(path.suffix)
        if kind is None:
            raise DemoFailed(f"{path} is no .json, .jsonl or .jsonl.gz file.")
        try:
            return cls(path, path.read_bytes(), kind)
        except OSError as error:
            raise DemoFailed(f"{path} cannot be read: {error.strerror}.") from None
