"""Structures through which the hours of a clause are done, as a desk's directory lists them, and which are near a site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.clauses.domain.amounts import CommuneCode
from services.clauses.domain.employment import SupplierKind
from services.clauses.domain.trades import CERTAIN, Evidence, Trade, trades_of
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Aggregate, Entity
from shared.geo import distance_km
from shared.ids import derived_id
from shared.refusals import shaped
from shared.types import Email, Identifier, Line, Website

IAE = (SupplierKind.EI, SupplierKind.ACI, SupplierKind.AI, SupplierKind.ETTI)
DISABILITY = (SupplierKind.EA, SupplierKind.EATT, SupplierKind.ESAT)
RESERVED_TO = {
    ClauseKind.RESERVED_IAE: IAE,
    ClauseKind.RESERVED_DISABILITY: DISABILITY,
    ClauseKind.RESERVED_BOTH: (*IAE, *DISABILITY),
}
"""L2113-12 and L2113-13; any other clause takes every kind."""
LENDS = frozenset((SupplierKind.ETTI, SupplierKind.AI, SupplierKind.GEIQ, SupplierKind.EATT, SupplierKind.TEMP_AGENCY))
"""They put people at the disposal of others, in whatever trade these have."""
_SHORT = {SupplierKind.TEMP_AGENCY: "agence d'intérim"}
"""What is not called by its letters."""
_STEPS_KM = (30, 60, 100, 200)


CONTACT_POINTS = ("email", "phone")
"""Of a structure, and in a small one of a person."""


class Point(Entity):
    """Degrees, WGS 84."""

    lat: float
    lon: float


class Listed(Entity):
    """A structure as a directory lists it."""

    kind: SupplierKind
    number: Identifier = Field(description="SIRET, or FINESS of an ESAT")
    siret: Annotated[str | None, Field(pattern=shaped(r"^[0-9]{14}$", "Un SIRET a quatorze chiffres."))] = None
    name: Annotated[str, Line(200)]
    also_named: Annotated[str | None, Line(200)] = Field(
        default=None, description="The company's name, where it is another"
    )
    address: Annotated[str, Line(300, blank=True)] = ""
    postcode: Annotated[str | None, Line(5)] = None
    town: Annotated[str, Line(100, blank=True)] = ""
    commune_code: CommuneCode | None = None
    point: Point | None = None
    activity: Annotated[str | None, Line(6)] = Field(default=None, description="NAF")
    declared: tuple[Trade, ...] = ()
    site: Website | None = None
    email: Email | None = None
    phone: Annotated[str | None, Line(20)] = None


class Supplier(Aggregate):
    """A structure in the directory that a territory keeps; those of other territories have their own."""

    source: Identifier
    listed: Listed
    closed_on: date | None = None
    """Since when its directory no longer lists it."""

    @classmethod
    def of(cls, territory: str, source: str, listed: Listed, now: datetime) -> "Supplier":
        """A new one."""
        id = supplier_key(territory, source, listed)
        made = cls(id=id, territory=territory, created_at=now, updated_at=now, source=source, listed=listed)
        made.touch(now)
        return made

    def list_as(self, listed: Listed, now: datetime) -> bool:
        """Its directory lists it so; False when nothing is new."""
        if (listed, None) == (self.listed, self.closed_on):
            return False
        self.listed, self.closed_on = listed, None
        self.touch(now)
        return True

    def close(self, today: date, now: datetime) -> None:
        """Its directory no longer lists it, nor how somebody there is reached: nobody asks for that of a closed one."""
        self.closed_on = today
        self.listed = self.listed.model_copy(update=dict.fromkeys(CONTACT_POINTS))
        self.touch(now)

    @property
    def trades(self) -> dict[Trade, Evidence]:
        """What it works in, as far as anything tells."""
        names = f"{self.listed.name} {self.listed.also_named or ''}"
        return trades_of(self.listed.declared, self.listed.activity, names)


def supplier_key(territory: str, source: str, listed: Listed) -> str:
    """One per directory, number and kind: a SIRET may be two kinds of structure."""
    return derived_id("supplier", territory, source, listed.kind.value, listed.number)


class Fit(StrEnum):
    """Why a structure is proposed for a trade."""

    TRADE = "trade"
    TRADE_LIKELY = "trade_likely"
    LENDS_PEOPLE = "lends_people"
    TRADE_UNKNOWN = "trade_unknown"
    OTHER_TRADE = "other_trade"
    ANY_TRADE = "any_trade"


_ORDER = (Fit.TRADE, Fit.ANY_TRADE, Fit.TRADE_LIKELY, Fit.LENDS_PEOPLE, Fit.TRADE_UNKNOWN, Fit.OTHER_TRADE)


@dataclass(frozen=True)
class Asked:
    """What is looked for, from a point."""

    lat: float
    lon: float
    radius_km: float
    kinds: tuple[SupplierKind, ...] = ()
    trade: Trade | None = None


@dataclass(frozen=True)
class Near:
    """A structure with its distance as the crow flies and why it is proposed."""

    supplier: Supplier
    km: float
    fit: Fit
    evidence: Evidence | None = None


@dataclass
class Answer:
    """What was found, in which order, and by which steps the question was widened. ``reason``: why nothing was."""

    items: list[Near] = field(default_factory=list)
    radius_km: float = 0
    widened: list[str] = field(default_factory=list)
    reason: str | None = None


def near(suppliers: Sequence[Supplier], asked: Asked) -> Answer:
    """Structures for the work, the surest trade first, then the nearest; where there is none, farther and then any trade.

    Who works in another trade is proposed only when nobody else is within the last step, and says so.
    """
    answer = Answer(radius_km=asked.radius_km)
    if not suppliers:
        answer.reason = "L'annuaire de ce département est vide : un gestionnaire doit l'importer."
        return answer
    open_ones = [one for one in suppliers if one.closed_on is None]
    wanted = [one for one in open_ones if not asked.kinds or one.listed.kind in asked.kinds]
    if not wanted:
        names = ", ".join(_SHORT.get(kind, kind.value.upper()) for kind in asked.kinds) or "aucune ouverte"
        answer.reason = f"L'annuaire n'a aucune structure de ces types ({names})."
        return answer
    placed = [found for one in wanted if (found := _at(one, asked)) is not None]
    if not placed:
        answer.reason = "Aucune de ces structures n'a d'adresse que l'on sache situer."
        return answer
    able = [one for one in placed if one.fit is not Fit.OTHER_TRADE]
    steps = (asked.radius_km, *(step for step in _STEPS_KM if step > asked.radius_km))
    others = f"Aucune n'a ce métier à moins de {steps[-1]:g} km : voici celles d'autres métiers."
    for pool, sentence in ((able, None), (placed, others)):
        for radius in steps:
            within = [one for one in pool if one.km <= radius]
            if within:
                answer.items = _each_once(sorted(within, key=_place_in_order))
                answer.radius_km = radius
                if radius > asked.radius_km:
                    answer.widened.append(
                        f"Aucune à moins de {asked.radius_km:g} km : la recherche a été étendue à {radius:g} km."
                    )
                if sentence is not None:
                    answer.widened.append(sentence)
                return answer
    nearest = min(placed, key=lambda one: one.km)
    answer.reason = f"Aucune à moins de {steps[-1]:g} km ; la plus proche est à {nearest.km:.0f} km."
    answer.radius_km = steps[-1]
    return answer


def _place_in_order(one: Near) -> tuple[int, float, str]:
    return _ORDER.index(one.fit), one.km, one.supplier.id


def _each_once(ordered: Sequence[Near]) -> list[Near]:
    """A structure that several directories list is one; the entry that says most of it came first."""
    found: dict[tuple[SupplierKind, str], Near] = {}
    for one in ordered:
        listed = one.supplier.listed
        found.setdefault((listed.kind, listed.siret or listed.number), one)
    return list(found.values())


def _at(supplier: Supplier, asked: Asked) -> Near | None:
    point = supplier.listed.point
    if point is None:
        return None
    km = round(distance_km(asked.lat, asked.lon, point.lat, point.lon), 1)
    if asked.trade is None:
        return Near(supplier, km, Fit.ANY_TRADE)
    trades, kind = supplier.trades, supplier.listed.kind
    # A GEIQ is of the branch that its name says; what another's name suggests is no reason to set it aside.
    sure = {trade for trade, known in trades.items() if known in CERTAIN or kind is SupplierKind.GEIQ}
    if asked.trade in trades:
        return Near(supplier, km, Fit.TRADE if asked.trade in sure else Fit.TRADE_LIKELY, trades[asked.trade])
    if kind in LENDS and not (sure and kind is SupplierKind.GEIQ):
        return Near(supplier, km, Fit.LENDS_PEOPLE)
    return Near(supplier, km, Fit.OTHER_TRADE if sure else Fit.TRADE_UNKNOWN)


def kinds_for(clause: ClauseKind, wanted: Iterable[SupplierKind]) -> tuple[SupplierKind, ...]:
    """Kinds that a clause is open to, of those wanted (all where none is)."""
    allowed = RESERVED_TO.get(clause, ())
    chosen = tuple(dict.fromkeys(wanted))
    if not allowed:
        return chosen
    return tuple(kind for kind in allowed if not chosen or kind in chosen)
