"""What a service keeps of people: declared once, for the export and for the proof of an erasure."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.http.idempotency import naming
from shared.store import Store, decode

OWN_MARKS = frozenset({"_schema"})
"""The store's own."""


@dataclass(frozen=True)
class Whose:
    """A person as services know them. ``owner_id``: their account, where they have one."""

    profile_id: str
    owner_id: str | None = None


@dataclass(frozen=True)
class Holding:
    """A kind of thing that is kept of a person. ``query`` finds theirs; ``without``: fields that are the machinery's, or secret.

    ``title`` and ``purpose`` are read by the person. ``shown`` makes of a document what concerns this person, where it speaks of
    others too. ``exported`` is False where the same is given elsewhere, or as a file. ``erasable``: an erasure leaves none of it.
    """

    collection: str
    title: str
    purpose: str
    query: Callable[[Whose], Mapping[str, Any]]
    without: frozenset[str] = frozenset()
    shown: Callable[[dict[str, Any], Whose], Any] | None = None
    exported: bool = True
    erasable: bool = True
    name: str = ""
    """In the proof, where one collection holds several kinds; else the collection's."""

    @property
    def called(self) -> str:
        """How it is named to machines."""
        return self.name or self.collection


KEPT_ANSWERS = Holding(
    "idempotency",
    "Réponses gardées pour une demande répétée",
    "Ne pas faire deux fois ce qui est demandé deux fois",
    lambda whose: {"$or": naming([whose.profile_id])},
    exported=False,
)
"""They repeat what stands elsewhere, for two days: counted when somebody is erased, not given out."""


@dataclass(frozen=True)
class Documents:
    """Everything of one kind."""

    holding: Holding
    found: Sequence[Any] = field(default=())

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        one = self.holding
        return {"name": one.called, "title": one.title, "purpose": one.purpose, "documents": list(self.found)}


def by(field: str) -> Callable[[Whose], Mapping[str, Any]]:
    """The query of things that carry the profile's id in ``field``."""
    return lambda whose: {field: whose.profile_id}


async def documents_of(store: Store, holdings: Sequence[Holding], whose: Whose) -> AsyncIterator[Documents]:
    """What is kept of somebody, kind by kind; kinds of which nothing is kept are there and empty."""
    for one in holdings:
        if not one.exported:
            continue
        rows = store.collection(one.collection).find(dict(one.query(whose))).sort("_id", 1)
        yield Documents(one, [_shown(one, row, whose) async for row in rows])


def _shown(holding: Holding, row: Mapping[str, Any], whose: Whose) -> Any:
    hidden = OWN_MARKS | holding.without
    plain = {name: value for name, value in decode(row).items() if name not in hidden}
    return holding.shown(plain, whose) if holding.shown is not None else plain
