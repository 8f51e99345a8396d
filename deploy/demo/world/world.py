"""A département that does not exist, in communes that do: offers and people, the same ones for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from deploy.demo.world.catalogue import Catalogue
from deploy.demo.world.demand import Demand, demand
from deploy.demo.world.events import Events
from deploy.demo.world.geography import Geography, read_counts
from deploy.demo.world.population import Population, populate
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.once import made_once

DEFAULT_NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
_SUPPLY_FLOOR = 0.3


@dataclass(frozen=True)
class World:
    """Arrays (``people``, ``demand``) and the events made of them. Build one with ``World.build``."""

    seed: int
    now: datetime
    geography: Geography
    catalogue: Catalogue
    people: Population
    demand: Demand

    @classmethod
    def build(
        cls,
        department: str = "23",
        *,
        offers: int = 900,
        profiles: int = 8_000,
        seed: int = 1,
        counts_path: Path | None = None,
        now: datetime = DEFAULT_NOW,
    ) -> Self:
        """Draw a département.

        Args:
            department: its code; communes, distances and populations are real.
            counts_path: CSV of offers per commune and occupation to draw demand from; without one, from the built-in
                table and populations.
            now: the moment at which offers have been confirmed 0 to 14 days ago.

        Raises:
            ValueError: no commune is known in the département, or ``counts_path`` has no offer in it.
        """
        geography = Geography.of(department)
        counts = read_counts(counts_path, department) if counts_path else None
        if counts is not None and not counts:
            raise ValueError(f"{counts_path} has no offer in département {department}.")
        catalogue = Catalogue.load(code for _, code in counts or ())
        # Everybody's trade is in the table or, a little, among those that employers here ask for.
        supply = catalogue.column("supply")
        supply[supply == 0] = _SUPPLY_FLOOR
        return cls(
            seed,
            now,
            geography,
            catalogue,
            populate(profiles, geography, catalogue, supply, seed),
            demand(offers, geography, catalogue, counts, seed),
        )

    @property
    def department(self) -> str:
        """Code of the département."""
        return self.geography.department

    def profile_id(self, at: int) -> str:
        """Id of person ``at``: a valid UUIDv7 that says which row of which world it is."""
        return self._id(1, at)

    def offer_id(self, at: int) -> str:
        """Id of offer ``at``."""
        return self._id(2, at)

    def company_id(self, number: int) -> str:
        """Id of employer ``number``."""
        return self._id(3, number)

    def row(self, identifier: str) -> int:
        """The row that an id of this world names."""
        return int(identifier[-12:], 16)

    def profile(self, at: int) -> ProfileState:
        """Person ``at`` as an event."""
        return self.events.profile(self.people, at, self.profile_id(at))

    def offer(self, at: int) -> OfferState:
        """Offer ``at`` as an event."""
        return self.events.offer(self.demand, at, self.offer_id(at), self.company_id(int(self.demand.company[at])))

    def profiles(self) -> Iterator[ProfileState]:
        """All people, one by one."""
        return (self.profile(at) for at in range(len(self.people)))

    def offers(self) -> Iterator[OfferState]:
        """All offers, one by one."""
        return (self.offer(at) for at in range(len(self.demand)))

    @made_once
    def events(self) -> Events:
        """What makes events of rows."""
        return Events(self.geography, self.catalogue, {}, self.now)

    def _id(self, kind: int, at: int) -> str:
        department = int(self.department, 36) % 0x10000
        return f"018f{kind:x}{department % 0x1000:03x}-{department >> 12:04x}-7000-8{self.seed % 0x1000:03x}-{at:012x}"
