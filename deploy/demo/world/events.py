"""From arrays to the event contracts: ``ProfileState`` and ``OfferState``, one by one.

Parts that repeat (a range, an availability, a wish) are built once and shared: the models are frozen. Rows come from the
generator, so they are constructed without being validated again; a test holds them against the contracts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from math import isnan

from deploy.demo.world.catalogue import CONTRACTS, LEVELS, LICENCES, Catalogue
from deploy.demo.world.demand import Demand
from deploy.demo.world.geography import Geography
from deploy.demo.world.names import company_name
from deploy.demo.world.population import MEANS, PUBLICS, Population
from deploy.demo.world.schedules import NAMES, PATTERNS
from shared.contracts.events.base import Place, Point, Skill
from shared.contracts.events.offers import OfferCompany, OfferState, Salary
from shared.contracts.events.profiles import Availability, OccupationWish, ProfileState, Travel
from shared.contracts.vocabulary import (
    ContractKind,
    Licence,
    OfferSource,
    OfferStatus,
    OpportunityKind,
    ReservedPublic,
)


@lru_cache(maxsize=4096)
def _wish(code: str, months: int) -> OccupationWish:
    return OccupationWish.model_construct(code=code, experience_months=months)


@lru_cache(maxsize=4096)
def _travel(at: int, km: float) -> Travel:
    return Travel.model_construct(means=MEANS[at], range_km=km)


@lru_cache(maxsize=65536)
def _point(lat: float, lon: float) -> Point:
    return Point.model_construct(lat=lat, lon=lon)


@lru_cache(maxsize=4096)
def _availability(
    early: bool, late: bool, night: bool, weekend: bool, low: float | None, high: float | None
) -> Availability:
    return Availability.model_construct(
        early=early,
        late=late,
        night=night,
        weekend=weekend,
        weekly_hours_min=low,
        weekly_hours_max=high,
        from_date=None,
    )


@lru_cache(maxsize=256)
def licences_of(mask: int) -> tuple[Licence, ...]:
    """Licences of a mask."""
    return tuple(licence for at, licence in enumerate(LICENCES) if mask >> at & 1)


@lru_cache(maxsize=8)
def publics_of(mask: int) -> tuple[ReservedPublic, ...]:
    """Publics of a mask."""
    return tuple(public for at, public in enumerate(PUBLICS) if mask >> at & 1)


@lru_cache(maxsize=256)
def contracts_of(mask: int) -> tuple[ContractKind, ...]:
    """Contract kinds of a mask."""
    return tuple(kind for at, kind in enumerate(CONTRACTS) if mask >> at & 1)


def _number(value: float) -> float | None:
    # float32 prints as 12.020000457763672; wages and hours have two decimals at most.
    return None if isnan(value) else round(float(value), 2)


class Events:
    """Makes the event of a row. ``now`` is when the world is looked at; ids come from ``profile_id``/``offer_id``."""

    def __init__(self, geography: Geography, catalogue: Catalogue, titles: Mapping[str, str], now: datetime) -> None:
        self._geography = geography
        self._catalogue = catalogue
        self._titles = titles
        self._now = now
        self._skills = catalogue.skill_codes

    def title(self, occupation: int) -> str:
        """The title of an offer of this occupation."""
        row = self._catalogue.occupations[occupation]
        return f"{self._titles.get(row.code, row.title)} (H/F)"

    def profile(self, people: Population, at: int, profile_id: str) -> ProfileState:
        """Row ``at`` as the event that matching reads."""
        rows = self._catalogue.occupations
        wishes = zip(people.occupations[at].tolist(), people.experience[at].tolist(), strict=True)
        french = int(people.french[at])
        return ProfileState.model_construct(
            profile_id=profile_id,
            territory=self._geography.department,
            active=bool(people.active[at]),
            owner_id=None,
            counsellor_ids=(),
            visible_to_employers=bool(people.visible[at]),
            occupations=tuple(_wish(rows[number].code, months) for number, months in wishes if number >= 0),
            skills=tuple(self._skills[number] for number in people.skills[at].nonzero()[0].tolist()),
            point=_point(float(people.lat[at]), float(people.lon[at])),
            travel=tuple(_travel(means, km) for means, km in enumerate(people.ranges[at].tolist()) if km > 0),
            licences=licences_of(int(people.licences[at])),
            vehicle=bool(people.vehicle[at]),
            availability=_availability(
                bool(people.early[at]),
                bool(people.late[at]),
                bool(people.night[at]),
                bool(people.weekend[at]),
                _number(people.hours_min[at]),
                _number(people.hours_max[at]),
            ),
            kinds=(),
            contract_kinds=contracts_of(int(people.accepted[at])),
            wished_contract_kinds=contracts_of(int(people.wished[at])),
            wished_weekly_hours=_number(people.wished_hours[at]),
            hourly_wage_floor=_number(people.wage_floor[at]),
            french_level=None if french < 0 else LEVELS[french],
            reserved_eligible=publics_of(int(people.reserved[at])),
        )

    def offer(self, offers: Demand, at: int, offer_id: str, company_id: str) -> OfferState:
        """Row ``at`` as the event that everybody may read."""
        row = self._catalogue.occupations[int(offers.occupation[at])]
        pattern = PATTERNS[NAMES[int(offers.pattern[at])]]
        confirmed = self._now - timedelta(days=int(offers.confirmed_days[at]))
        french = int(offers.french[at])
        commune = self._geography.communes[int(offers.commune[at])]
        title = self.title(int(offers.occupation[at]))
        publics = publics_of(int(offers.reserved[at]))
        return OfferState.model_construct(
            offer_id=offer_id,
            territory=self._geography.department,
            status=OfferStatus.PUBLISHED,
            kind=kind_of(CONTRACTS[int(offers.contract[at])], publics),
            source=OfferSource.DEPOSITED,
            title=title,
            description=self.description(offers, at),
            company=OfferCompany.model_construct(
                id=company_id, name=company_name(row.code[0], commune.name, int(offers.company[at]))
            ),
            occupation_code=row.code,
            occupation_label=row.title,
            skills=self.skills(offers, at),
            place=Place.model_construct(
                commune_code=commune.code,
                name=commune.name,
                postcode=commune.postcodes[0] if commune.postcodes else None,
                point=_point(commune.lat, commune.lon),
            ),
            positions_total=int(offers.positions[at]),
            positions_open=int(offers.positions[at]),
            contract_kind=CONTRACTS[int(offers.contract[at])],
            duration_months=_number(offers.duration[at]),
            weekly_hours=_number(offers.hours[at]),
            shifts=pattern.shifts,
            schedule=pattern.flags,
            salary=Salary.model_construct(hourly_min=_number(offers.wage[at])),
            licences=licences_of(int(offers.licences[at])),
            vehicle_required=bool(offers.vehicle[at]),
            accessible_without_car=bool(offers.without_car[at]),
            french_level=None if french < 0 else LEVELS[french],
            experience_months=int(offers.experience[at]),
            reserved_publics=publics,
            published_at=confirmed,
            confirmed_at=confirmed,
        )

    def skills(self, offers: Demand, at: int) -> tuple[Skill, ...]:
        """Skills that the offer asks, with their labels."""
        asked = offers.skills[at]
        return tuple(
            Skill(code=self._skills[n], label=self._catalogue.skill_labels[n], required=bool(asked[n] == 2))
            for n in asked.nonzero()[0].tolist()
        )

    def description(self, offers: Demand, at: int) -> str:
        """A short text in French."""
        row = self._catalogue.occupations[int(offers.occupation[at])]
        pattern = PATTERNS[NAMES[int(offers.pattern[at])]]
        commune = self._geography.communes[int(offers.commune[at])]
        tasks = ", ".join(skill.label[0].lower() + skill.label[1:] for skill in self.skills(offers, at))
        beginner = "Débutant accepté. " if offers.experience[at] == 0 else ""
        text = f"Poste à {commune.name}. {pattern.sentence} {beginner}"
        return text + (f"Vous aurez à : {tasks}." if tasks else f"Métier : {row.title.lower()}.")


def kind_of(contract: ContractKind, publics: tuple[ReservedPublic, ...]) -> OpportunityKind:
    """What an offer with this contract proposes."""
    if contract is ContractKind.APPRENTICESHIP:
        return OpportunityKind.APPRENTICESHIP
    if ReservedPublic.IAE in publics:
        return OpportunityKind.IAE_POST
    return OpportunityKind.JOB
