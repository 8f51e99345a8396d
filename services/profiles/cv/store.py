"""Where CVs that were sent as files lie: GridFS's own collections, written with everything else in one transaction.

The driver's own bucket writes chunk after chunk outside of any transaction: a file could outlive the erasure of its person. The
format is GridFS's, so its tools read it; the chunks carry the person's id as well.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.profiles.cv.uploads.kinds import Kind
from shared.store import CollectionSpec, Store, Work

FILES, CHUNKS = "cvs.files", "cvs.chunks"
_CHUNK = 255 * 1024
"""GridFS's own size."""

CV_COLLECTIONS = (
    # One for each person: a new one takes the place of the old.
    CollectionSpec(FILES, [IndexModel("metadata.profile_id", unique=True)]),
    CollectionSpec(
        CHUNKS, [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True), IndexModel("profile_id")]
    ),
)


@dataclass(frozen=True)
class CvFile:
    """A CV that was sent. ``text``: its words, as they were read when it came."""

    id: str
    profile_id: str
    name: str
    kind: Kind
    size: int
    pages: int | None
    text: str
    uploaded_at: datetime
    uploaded_by: str


def put_cv(work: Work, file: CvFile, content: bytes) -> None:
    """Keep it in the place of the one before."""
    forget_cv(work, file.profile_id)
    metadata = {
        "profile_id": file.profile_id,
        "kind": file.kind,
        "pages": file.pages,
        "text": file.text,
        "uploaded_by": file.uploaded_by,
    }
    described = {"length": file.size, "chunkSize": _CHUNK, "uploadDate": file.uploaded_at, "filename": file.name}
    work.insert(FILES, {"_id": file.id, **described, "metadata": metadata})
    work.insert(
        CHUNKS,
        *(
            {"_id": f"{file.id}:{n}", "files_id": file.id, "n": n, "data": part, "profile_id": file.profile_id}
            for n, part in enumerate(content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK))
        ),
    )


def forget_cv(work: Work, profile_id: str) -> None:
    """Nothing of it stays."""
    work.delete(FILES, {"metadata.profile_id": profile_id})
    work.delete(CHUNKS, {"profile_id": profile_id})


async def cv_of(store: Store, profile_id: str) -> CvFile | None:
    """What is known of the person's file."""
    row: dict[str, Any] | None = await store.first(FILES, {"metadata.profile_id": profile_id})
    if row is None:
        return None
    more = row["metadata"]
    return CvFile(
        id=row["_id"],
        profile_id=profile_id,
        name=row["filename"],
        kind=Kind(more["kind"]),
        size=row["length"],
        pages=more["pages"],
        text=more["text"],
        uploaded_at=row["uploadDate"],
        uploaded_by=more["uploaded_by"],
    )


async def content_of_file(store: Store, file: CvFile) -> bytes | None:
    """Its bytes; None when it was replaced or taken back meanwhile."""
    rows = store.collection(CHUNKS).find({"files_id": file.id}).sort("n", ASCENDING)
    content = b"".join([row["data"] async for row in rows])
    return content if len(content) == file.size else None
