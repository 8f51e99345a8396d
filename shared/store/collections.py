"""A service declares its collections with their indexes; the start creates what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import ASCENDING, IndexModel

from shared.store.bell import BELL, BELL_BYTES
from shared.store.driver import Database
from shared.store.migrations import Migration

INBOX_DAYS = 30
IDEMPOTENCY_HOURS = 48
DEAD_LETTER_DAYS = 90
ERASURE_DAYS = 60
"""Longer than a tombstone stays in its topic (30 days and the time that compaction takes)."""


@dataclass(frozen=True)
class Retired:
    """An index that only the release before still asks by: it is not made, and stays where it is while that release may run.

    ``first_without``: the first release that asks another way. Once its readers are kept (``shared/contracts/releases``) no older
    one runs beside what is written then: the line goes, and with it the index (``drop_obsolete``).
    """

    name: str
    first_without: str


@dataclass(frozen=True)
class CollectionSpec:
    """A collection, its indexes, and the steps that its documents' shape has made since the first release.

    ``caused_by``: the field with the id of the event that a document follows from, where there is one (``bassin trace``).
    """

    name: str
    indexes: Sequence[IndexModel] = field(default=())
    migrations: Sequence[Migration] = field(default=())
    caused_by: str | None = None
    retired: Sequence[Retired] = ()
    capped_bytes: int | None = None
    """Of one that keeps its last documents only, at whose end a cursor can wait."""


TEXT: Final[dict[str, Any]] = {"$gt": ""}
"""Of a field that holds a text. MongoDB sees that whoever asks for one text, or for one of several, finds it in an index of
such documents. Of an index of ``{"$type": "string"}`` it does not see that: it would keep texts unique and serve no query.
"""


def of_text(field: str, keys: Sequence[tuple[str, int]] = (), *, unique: bool = False) -> IndexModel:
    """An index of the documents whose ``field`` is a text, by that field or by ``keys``."""
    chosen = list(keys) or [(field, ASCENDING)]
    # Another name than the driver's, which earlier releases gave to indexes of another condition.
    name = "_".join(f"{key}_{direction}" for key, direction in chosen) + "_text"
    return IndexModel(chosen, name=name, unique=unique, partialFilterExpression={field: TEXT})


# What the shared mechanisms keep in each service's database.
MECHANISMS: tuple[CollectionSpec, ...] = (
    CollectionSpec("outbox", [IndexModel([("key", ASCENDING), ("sequence", ASCENDING)]), IndexModel("rows.key")]),
    CollectionSpec(BELL, capped_bytes=BELL_BYTES),
    CollectionSpec("outbox_stuck"),
    CollectionSpec("outbox_parked"),
    CollectionSpec("inbox", [IndexModel("at", expireAfterSeconds=INBOX_DAYS * 86_400)]),
    CollectionSpec("leases"),
    CollectionSpec(
        "dead_letters",
        [
            IndexModel([("topic", ASCENDING), ("at", ASCENDING)]),
            IndexModel("redrive_at", sparse=True),
            IndexModel("at", expireAfterSeconds=DEAD_LETTER_DAYS * 86_400),
        ],
    ),
    # Erasures that were executed here, by topic and key, and who was erased; the highest epoch heard of each topic.
    CollectionSpec("erasures_heard", [IndexModel("at", expireAfterSeconds=ERASURE_DAYS * 86_400)]),
    CollectionSpec("epochs"),
    CollectionSpec("migrations"),
    CollectionSpec(
        "idempotency",
        [
            IndexModel("at", expireAfterSeconds=IDEMPOTENCY_HOURS * 3_600),
            IndexModel("shown", sparse=True),
            # By whom an answer names, whose it is and for whom it was given, it is forgotten: nobody looks through all of them.
            IndexModel("names"),
            IndexModel("account", sparse=True),
            IndexModel("accompanied", sparse=True),
        ],
    ),
)


async def create_collections(database: Database, specs: Sequence[CollectionSpec]) -> None:
    """Create collections and indexes that are missing; running it again changes nothing.

    Collections are created before use because a transaction should not have to wait for a catalogue change.
    """
    existing = set(await database.list_collection_names())
    for spec in (*MECHANISMS, *specs):
        if spec.name not in existing:
            capped: dict[str, Any] = {"capped": True, "size": spec.capped_bytes} if spec.capped_bytes else {}
            await database.create_collection(spec.name, check_exists=False, **capped)
        if spec.indexes:
            await database[spec.name].create_indexes(list(spec.indexes))


OWN_INDEX = "own_"
"""Names of indexes that an operator made for themselves begin so: no release drops them."""


@dataclass(frozen=True)
class Obsolete:
    """An index that no release declares any more. A unique one stays: an old release that still runs may count on it."""

    collection: str
    index: str
    dropped: bool


async def drop_obsolete(database: Database, specs: Sequence[CollectionSpec]) -> list[Obsolete]:
    """Drop what earlier releases declared and this one does not: each index costs every write. Documents are not touched.

    What is ``retired`` only now stays for the release before, which would look at every document without it.
    """
    found: list[Obsolete] = []
    for spec in (*MECHANISMS, *specs):
        collection = database[spec.name]
        declared = {
            "_id_",
            *(str(index.document["name"]) for index in spec.indexes),
            *(one.name for one in spec.retired),
        }
        for name, index in (await collection.index_information()).items():
            if name in declared or name.startswith(OWN_INDEX):
                continue
            unique = bool(index.get("unique"))
            if not unique:
                await collection.drop_index(name)
            found.append(Obsolete(spec.name, name, dropped=not unique))
    return found
