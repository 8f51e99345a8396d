"""What somebody asks of the search, by the names that it has over HTTP: for one answer, or kept to be asked again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.offers.domain.errors import UnusablePlace
from services.offers.queries.search import Sort, Wanted
from services.offers.search.facts import Criteria, Moment, WorkingTime
from shared.contracts.events.base import OccupationCode, Territory
from shared.contracts.vocabulary import ContractKind, OpportunityKind
from shared.domain import Entity
from shared.errors import Refused, refused_field
from shared.reference.gazetteer import Gazetteer
from shared.types import Line

USUAL_KM = 35.0
"""A circle that is kept does not grow by itself: what is far would be news only because little is near."""


class Asked(Entity):
    """A search that is kept. As in ``GET /v1/offers``, but around a commune only: a point could be somebody's home."""

    q: Annotated[str, Line(200, blank=True)] = Field(default="", description="As people type it")
    commune: str | None = Field(default=None, max_length=5, description="INSEE code: around it")
    radius_km: float = Field(default=USUAL_KM, gt=0, le=200, description="Around the commune, or a place named in `q`")
    occupation: tuple[OccupationCode, ...] = Field(default=(), max_length=50, description="ROME codes")
    kind: tuple[OpportunityKind, ...] = Field(default=(), max_length=20)
    contract_kind: tuple[ContractKind, ...] = Field(default=(), max_length=20)
    territory: Territory | None = None
    accessible_without_car: bool | None = None
    no_licence: bool | None = None
    no_early: bool = False
    no_late: bool = False
    no_night: bool = False
    no_weekend: bool = False
    exclusive: bool | None = None
    working_time: WorkingTime | None = None
    weekly_hours: float | None = Field(default=None, gt=0, le=60)
    moment: tuple[Moment, ...] = Field(default=(), max_length=5)
    beginner: bool = False
    experience_months_max: int | None = Field(default=None, ge=0, le=600)
    hourly_min: float | None = Field(default=None, gt=0, le=200, description="Gross euros an hour, where pay is stated")
    no_diploma: bool = Field(default=False, description="No diploma is stated")

    def check(self, communes: Gazetteer) -> None:
        """Raises UnusablePlace for an unknown commune, Refused when nothing at all is asked."""
        if self.commune is not None and communes.get(self.commune) is None:
            raise refused_field(UnusablePlace, "search.commune", "commune_unknown", "Ce code de commune n'existe pas.")
        if self == Asked(radius_km=self.radius_km):
            raise refused_field(Refused, "search", "nothing_asked", "Dites ce que vous cherchez : un métier, un lieu …")

    @property
    def known(self) -> bool:
        """Whether this release knows all that narrows it: of what a later one has kept besides, it finds nothing."""
        return all(one is None or one.known for one in (*self.moment, self.working_time))

    def wanted(self, communes: Gazetteer, limit: int, after: Sequence[object] | None) -> Wanted:
        """The freshest first, nothing beside what was asked."""
        commune = communes.get(self.commune) if self.commune is not None else None
        return Wanted(
            lat=commune.lat if commune else None,
            lon=commune.lon if commune else None,
            radius_km=self.radius_km,
            criteria=criteria_of(self),
            sort=Sort.FRESHNESS,
            limit=limit,
            after=after,
            q=self.q,
            strict=True,
        )


def criteria_of(asked: Asked) -> Criteria:
    """The filters that were given outright."""
    flags: dict[str, bool] = {}
    for name, flag in (
        ("car_free", asked.accessible_without_car),
        ("no_licence", asked.no_licence),
        ("exclusive", asked.exclusive),
    ):
        if flag is not None:
            flags[name] = flag
    for name, excluded in (
        ("early", asked.no_early),
        ("late", asked.no_late),
        ("night", asked.no_night),
        ("weekend", asked.no_weekend),
    ):
        if excluded:
            flags[name] = False
    return Criteria(
        occupation=asked.occupation,
        kind=asked.kind,
        contract=asked.contract_kind,
        territory=(asked.territory,) if asked.territory else (),
        flags=flags,
        working_time=asked.working_time,
        weekly_hours=asked.weekly_hours,
        moments=asked.moment,
        experience_months_max=0 if asked.beginner else asked.experience_months_max,
        hourly_min=asked.hourly_min,
        no_diploma=asked.no_diploma,
    )


def newest_of(row: dict[str, object]) -> datetime:
    """When the offer of a row was confirmed last: what its list is ordered by."""
    confirmed = row["confirmed_at"]
    assert isinstance(confirmed, datetime)
    return confirmed
