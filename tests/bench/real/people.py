"""Lifelike people of the kinds that a département accompanies, as their profiles would tell matching.

``data/people.tsv`` is written by hand: what each person said, and in one line who they are, which only those who label
read. Skills are drawn from the referential that is loaded, the same at every run: ``knows`` is the share of those of their
occupations that they ticked; nobody ticks all, and some tick none.
"""

import csv
import hashlib
from dataclasses import dataclass
from functools import cache

from shared.contracts.events.base import Point
from shared.contracts.events.profiles import Availability, OccupationWish, ProfileState, Travel
from shared.contracts.vocabulary import ContractKind, FrenchLevel, Licence, OpportunityKind, ReservedPublic, TravelMeans
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.bench.real.offers import DATA

FITTED = "fit"
UNSEEN = "unseen"
_MOST_SKILLS = 24


@dataclass(frozen=True)
class Person:
    """Somebody: the profile, and who it is in a line."""

    state: ProfileState
    who: str
    home: str

    @property
    def half(self) -> str:
        """Whether the fit may see what was said of this person: by the hash of the id."""
        return UNSEEN if hashlib.sha256(self.state.profile_id.encode()).digest()[0] % 2 else FITTED


@cache
def people(referential: Occupations) -> dict[str, Person]:
    """Profile id → person."""
    with (DATA / "people.tsv").open(encoding="utf-8", newline="") as lines:
        found = [_person(row, referential) for row in csv.DictReader(lines, delimiter="\t")]
    return {person.state.profile_id: person for person in found}


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _person(row: dict[str, str], referential: Occupations) -> Person:
    commune = Communes.load().get(row["commune"])
    assert commune is not None, row
    wishes = [part.split(":") for part in _split(row["occupations"])]
    means = [part.split(":") for part in _split(row["travel"])]
    hours = [float(part) if part else None for part in (row["hours_min"], row["hours_max"], row["hours_wished"])]
    eligible = tuple(ReservedPublic(one) for one in _split(row["reserved"]))
    # Who is not accompanied by an IAE structure does not look for its posts; alternance is for those who ask for it.
    kinds = (OpportunityKind.JOB, OpportunityKind.URGENT_MISSION, *((OpportunityKind.IAE_POST,) if eligible else ()))
    state = ProfileState(
        profile_id=row["id"],
        territory=commune.department,
        active=True,
        occupations=tuple(OccupationWish(code=code, experience_months=int(months)) for code, months in wishes),
        skills=_ticked(row["id"], [code for code, _ in wishes], row["knows"], referential),
        point=Point(lat=round(commune.lat, 2), lon=round(commune.lon, 2)),
        travel=tuple(Travel(means=TravelMeans(one), range_km=float(km)) for one, km in means),
        licences=tuple(Licence(one) for one in _split(row["licences"])),
        vehicle=row["vehicle"] == "yes",
        availability=Availability(
            **{slot: slot not in _split(row["cannot"]) for slot in ("early", "late", "night", "weekend")},
            weekly_hours_min=hours[0],
            weekly_hours_max=hours[1],
        ),
        kinds=kinds,
        contract_kinds=tuple(ContractKind(one) for one in _split(row["contracts"])),
        wished_contract_kinds=tuple(ContractKind(one) for one in _split(row["contracts_wished"])),
        wished_weekly_hours=hours[2],
        hourly_wage_floor=float(row["wage_floor"]) if row["wage_floor"] else None,
        french_level=FrenchLevel(row["french"]) if row["french"] else None,
        reserved_eligible=eligible,
    )
    return Person(state, row["who"], commune.name)


def _ticked(person: str, codes: list[str], knows: str, referential: Occupations) -> tuple[str, ...]:
    """The skills that the person ticked: chosen by a hash, so that they do not change from run to run."""
    if not knows:
        return ()
    ticked: list[str] = []
    for code in codes:
        occupation = referential.get(code)
        skills = [skill for skill, _ in occupation.skills] if occupation else []
        ticked += [skill for skill in skills if share(f"{person}{skill}") < float(knows)]
    return tuple(dict.fromkeys(ticked))[:_MOST_SKILLS]


def share(text: str) -> float:
    """A number of [0, 1) that is the same at every run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
