"""The file of a dump, damaged in every way that a disk or a hand finds: it is refused with a sentence, or nothing was lost."""

import json
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import bson
import pytest
from bson.raw_bson import RawBSONDocument

from deploy.backup.archive import FORMAT, MANIFEST, Archive, Manifest, Writer
from deploy.backup.files import Unusable

ROWS = {
    ("offers", "offers"): [{"_id": number, "title": "Maçon " * number} for number in range(9)],
    ("profiles", "profiles"): [{"_id": "p1", "at": datetime(2026, 11, 1, tzinfo=UTC)}],
    ("profiles", "outbox"): [],
}


def written(path: Path) -> Path:
    writer = Writer(path)
    parts: dict[str, dict[str, object]] = {"offers": {}, "profiles": {}}
    for (service, name), rows in ROWS.items():
        member = writer.member(service, name)
        for row in rows:
            member.add(RawBSONDocument(bson.encode(row)))
        parts[service][name] = member.finish(1)
    made_at = datetime(2026, 11, 28, tzinfo=UTC)
    writer.finish(Manifest.model_validate({"format": FORMAT, "release": "x", "made_at": made_at, "databases": parts}))
    writer.take_name()
    return path


def read(path: Path) -> dict[tuple[str, str], list[bytes]]:
    """Everything in a dump, as a restore reads it.

    Raises:
        Unusable: it is damaged.
    """
    with Archive(path) as archive:
        archive.verify()
        return {
            (service, name): [bytes(document.raw) for document in archive.documents(service, name)]
            for service, parts in archive.manifest.databases.items()
            for name in parts
        }


def damages(whole: bytes) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(20261128)
    for place in range(len(whole)):
        turned = chance.choice([0xFF, 1 << chance.randrange(8)])
        yield f"byte {place} by {turned:#x}", whole[:place] + bytes([whole[place] ^ turned]) + whole[place + 1 :]
    for number in range(300):
        many = bytearray(whole)
        for _ in range(chance.randrange(2, 9)):
            many[chance.randrange(len(many))] = chance.randrange(256)
        yield f"several, {number}", bytes(many)
    for _ in range(100):
        begin, end = sorted(chance.sample(range(len(whole)), 2))
        yield f"without {begin} to {end}", whole[:begin] + whole[end:]
        yield f"nothing from {begin} to {end}", whole[:begin] + bytes(end - begin) + whole[end:]


def test_no_damage_gets_through_and_none_is_told_by_a_traceback(tmp_path: Path) -> None:
    path = written(tmp_path / "a.dump")
    whole, rows = path.read_bytes(), read(path)
    assert rows == {name: [bson.encode(row) for row in documents] for name, documents in ROWS.items()}
    bad = tmp_path / "bad.dump"
    refused = unharmed = 0
    for what, content in damages(whole):
        bad.write_bytes(content)
        try:
            found = read(bad)
        except Unusable as refusal:
            sentence = str(refusal)
            refused += 1
        else:
            # What only says when the file was packed, or by whom, may be anything.
            sentence = "."
            unharmed += 1
            assert found == rows, what
        assert sentence.endswith("."), what
    assert refused > unharmed > 0


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        (b"[" * 900_000, "of format that nobody knows"),
        (b'{"format": ' + b"9" * 5_000 + b"}", "of format that nobody knows"),
        (b'{"format": ["' + b"x" * 500_000 + b'"]}', "of format that nobody knows"),
        (json.dumps({"format": FORMAT, "more": 1}).encode(), "manifest that cannot be read"),
        # A megabyte of nothing packs into a thousandth: what is read is bounded, not what is there.
        (b" " * 50_000_000, "larger than any"),
    ],
)
def test_a_manifest_of_somebody_elses_making_is_refused_briefly(tmp_path: Path, manifest: bytes, sentence: str) -> None:
    path = tmp_path / "a.dump"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, manifest)
    with pytest.raises(Unusable, match=sentence) as refused:
        read(path)
    assert len(str(refused.value)) < 300 + len(str(path))
