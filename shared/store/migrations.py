"""How stored documents get from one shape to the next: small ordered steps, beside the collection that they are of.

A step does the same wherever it runs: when a document is read (so a new release understands what an old one wrote, and goes
on to write) and in ``python -m deploy.init``, which rewrites what is there, so that queries and indexes find the new shape
too. The number of a document's shape is ``_schema``; without one it is of the first release.

A change of shape is three releases at most (expand, migrate, contract): the new field appears beside the old one, the step
fills it, and a later release drops the old one. A reader keeps fields that it does not know and writes them back, so an
old replica beside a new one loses nothing.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA = "_schema"
FIRST = 1

Document = dict[str, Any]


@dataclass(frozen=True)
class Migration:
    """One step of all documents of a collection.

    ``change`` alters a document in place. It is pure (no clock, no I/O), and a document that has the new shape already
    is left as it is: an old release may write the old number back beside fields of the new shape.
    """

    name: str
    change: Callable[[Document], None]


def current(migrations: Sequence[Migration]) -> int:
    """The number of the shape that this release writes."""
    return FIRST + len(migrations)


def upgraded(document: Mapping[str, Any], migrations: Sequence[Migration]) -> Document:
    """The document in this release's shape; what a newer release wrote is left as it is."""
    number = int(document.get(SCHEMA, FIRST))
    if number >= current(migrations):
        return dict(document)
    result = copy.deepcopy(dict(document))
    for migration in migrations[number - FIRST :]:
        migration.change(result)
    result[SCHEMA] = current(migrations)
    return result


def behind(migrations: Sequence[Migration]) -> Document:
    """The query of documents that a step is due on."""
    return {SCHEMA: {"$not": {"$gte": current(migrations)}}}
