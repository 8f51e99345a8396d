"""From a world's rows to what people send: the HTTP bodies of companies, offers and profiles."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from deploy.demo.world import World
from deploy.demo.world.names import company_name, siret

Json = dict[str, Any]

_FIRST_NAMES = (
    "Nadia", "Roger", "Sylvie", "Karim", "Odette", "Julien", "Amina", "Marcel", "Chloé", "Bruno", "Fatou", "Gérard",
    "Inès", "Thierry", "Lucie", "Mamadou", "Brigitte", "Kevin", "Monique", "Yann", "Rosa", "Denis", "Salma", "Patrick",
)  # fmt: skip
_LAST_NAMES = (
    "Lemoine", "Vallade", "Chabrol", "Benali", "Dupuis", "Marchand", "Nadaud", "Peyrot", "Aubert", "Diallo", "Glomot",
    "Jouanny", "Moreau", "Parot", "Rigaud", "Simonet", "Tixier", "Vincent", "Bourdier", "Carriat", "Fayolle", "Picaud",
    "Lacôte", "Mazure", "Bonnet", "Sainte", "Roussel", "Delage", "Pinet",
)  # fmt: skip


@dataclass(frozen=True)
class Deposit:
    """An offer as its employer deposits it. ``company`` numbers the employer in the world."""

    row: int
    company: int
    body: Json


def companies(world: World, deposits: list[Deposit]) -> dict[int, Json]:
    """Registrations of the employers of these offers, by their number."""
    found: dict[int, Json] = {}
    for deposit in deposits:
        commune = world.geography.communes[int(world.demand.commune[deposit.row])]
        family = world.catalogue.occupations[int(world.demand.occupation[deposit.row])].code[0]
        found.setdefault(
            deposit.company,
            {
                "name": company_name(family, commune.name, deposit.company),
                "siret": siret(deposit.company, world.seed),
                "territory": world.department,
                "places": [{"name": commune.name, "commune_code": commune.code}],
                "contact": {"first_name": "Dominique", "email": f"employeur-{deposit.company:04d}@demo.example"},
            },
        )
    return found


def reserved_publics(chosen: list[Deposit], company: int) -> list[str]:
    """To whom an employer reserves any of these offers."""
    return sorted({public for one in chosen if one.company == company for public in one.body["reserved_publics"]})


def deposits(world: World, count: int) -> list[Deposit]:
    """The first ``count`` offers of the world that do not repeat another one of the same employer."""
    chosen: list[Deposit] = []
    known: set[tuple[int, int]] = set()
    for row in range(len(world.demand)):
        key = (int(world.demand.company[row]), int(world.demand.occupation[row]))
        if key not in known and len(chosen) < count:
            known.add(key)
            chosen.append(Deposit(row, key[0], _offer(world, row)))
    return chosen


def _offer(world: World, row: int) -> Json:
    state = world.offer(row)
    dumped = state.model_dump(
        mode="json",
        include={
            "kind", "title", "description", "occupation_code", "skills", "positions_total", "contract_kind",
            "duration_months", "weekly_hours", "shifts", "licences", "vehicle_required", "accessible_without_car",
            "french_level", "experience_months", "reserved_publics",
        },
    )  # fmt: skip
    assert state.place is not None
    wage = state.salary.hourly_min
    text = f"{wage:.2f} € brut de l'heure".replace(".", ",") if wage else None
    return dumped | {"place": {"commune_code": state.place.commune_code}, "salary": {"hourly_min": wage, "text": text}}


def profile(world: World, row: int, *, staff: bool) -> Json:
    """What is said of person ``row``; who speaks for themselves does not state reserved publics.

    Only people with an e-mail address are written to there: one in three of those whom counsellors register, and
    everybody who registered alone.
    """
    state = world.profile(row)
    dumped = state.model_dump(
        mode="json",
        include={
            "visible_to_employers", "occupations", "skills", "travel", "licences", "vehicle", "availability", "kinds",
            "contract_kinds", "wished_contract_kinds", "wished_weekly_hours", "hourly_wage_floor", "french_level",
        },
    )  # fmt: skip
    rng = np.random.default_rng([world.seed, 7, row])
    first, last = _FIRST_NAMES[rng.integers(len(_FIRST_NAMES))], _LAST_NAMES[row % len(_LAST_NAMES)]
    home = world.geography.communes[int(world.people.commune[row])]
    body = dumped | {
        "first_name": first,
        # A number makes each name the demo's own, so that a lost answer can be looked up.
        "last_name": f"{last}-{row:04d}",
        "birth_year": int(rng.integers(1964, 2007)),
        "territory": world.department,
        "place": {"commune_code": home.code},
        "consents_to_messages": True,
    }
    if not staff or rng.random() < 1 / 3:
        body["email"] = f"personne-{row:04d}@demo.example"
    if staff:
        body["reserved_eligible"] = [public.value for public in state.reserved_eligible]
        body["statuses"] = {"rsa_recipient": bool(rng.random() < 0.45)}
    return body
