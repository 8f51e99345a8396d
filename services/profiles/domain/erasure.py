"""The proof that somebody was erased: what each service found and removed, as counts. It names nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.profiles.domain.export import SAID
from shared.contracts.topics import HOLDERS


@dataclass(frozen=True)
class Counted:
    """Of one kind of thing: how many were found, and how many a look afterwards still found."""

    collection: str
    title: str
    found: int
    left: int


@dataclass(frozen=True)
class Told:
    """What one service says. ``tombstones``: null records on its own topics, after which compaction keeps nothing older."""

    service: str
    at: datetime
    erased: tuple[Counted, ...]
    tombstones: int


@dataclass(frozen=True)
class Proof:
    """``id`` is all that one needs to read it; it leads to nobody."""

    id: str
    territory: str
    at: datetime
    told: Mapping[str, Told]

    @property
    def missing(self) -> tuple[str, ...]:
        """Services that have not told yet."""
        return tuple(name for name in ("profiles", *HOLDERS) if name not in self.told)

    @property
    def left(self) -> int:
        """How many things a service still found afterwards."""
        return sum(one.left for told in self.told.values() for one in told.erased)

    @property
    def complete(self) -> bool:
        """Everybody has told, and nothing is left."""
        return not self.missing and not self.left

    def sentence(self) -> str:
        """For the person who was erased."""
        if self.missing:
            names = ", ".join(SAID[name] for name in self.missing)
            return f"L'effacement est en cours. Il manque la confirmation de : {names}."
        if self.left:
            return "Chaque service a répondu, mais tout n'est pas effacé : l'équipe technique doit intervenir."
        return (
            "Tout est effacé. Les copies de sauvegarde expirent à leur terme ; "
            "une copie remise en service est effacée de nouveau."
        )
