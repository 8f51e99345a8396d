"""What two départements published of their social clauses, and a plan of entries that must add up to exactly that.

Creuse: the clauses page of the conseil départemental. Corrèze: the pacte territorial d'insertion 2022–2024. The published
Creuse parts are whole hours, floored: the exact ones below keep the cents that make the total two hours more than their sum.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shared.contracts.vocabulary import ClauseKind

_CENT = Decimal("0.01")
_MONTH = 15167
"""Cents of an hour in a full-time month: 35 × 52 / 12 = 151.67 h."""
_LEAST = 700


@dataclass(frozen=True)
class Part:
    """The contracts of one kind: how many, the exact hours done, the people and how many of them are women or on RSA."""

    kind: ClauseKind
    contracts: int
    hours: Decimal
    people: int
    women: int
    rsa: int


@dataclass(frozen=True)
class Balance:
    """A published balance."""

    name: str
    territory: str
    title: str
    year: int
    authorities: int
    parts: tuple[Part, ...]
    published: dict[str, object]
    """What the report must say: total and parts, as printed."""


@dataclass(frozen=True)
class Worked:
    """A person's hours on one contract, month by month (1 to 12)."""

    person: str
    contract: int
    woman: bool
    rsa: bool
    months: dict[int, Decimal]


CREUSE = Balance(
    name="creuse",
    territory="23",
    title="Clauses sociales de la Creuse",
    year=2025,
    authorities=10,
    parts=(
        Part(ClauseKind.EXECUTION_CONDITION, 28, Decimal("6716.72"), 60, 7, 21),
        Part(ClauseKind.RESERVED_DISABILITY, 24, Decimal("12322.85"), 47, 5, 9),
        Part(ClauseKind.RESERVED_IAE, 22, Decimal("4088.61"), 41, 4, 19),
    ),
    published={
        "contracts": 74,
        "contracts_by_kind": [28, 24, 22],
        "hours": 23_128,
        "hours_by_kind": [6_716, 12_322, 4_088],
        "participants": 148,
        "participants_by_kind": [60, 47, 41],
        "men": 132,
        "women": 16,
        "authorities": 10,
    },
)

CORREZE = Balance(
    name="correze",
    territory="19",
    title="Clauses sociales de la Corrèze",
    year=2025,
    authorities=21,
    parts=(
        Part(ClauseKind.EXECUTION_CONDITION, 92, Decimal("121734.18"), 296, 58, 68),
        Part(ClauseKind.RESERVED_IAE, 21, Decimal("38450.25"), 94, 31, 30),
        Part(ClauseKind.RESERVED_DISABILITY, 14, Decimal("21874.00"), 52, 14, 4),
    ),
    published={
        "contracts": 127,
        "authorities": 21,
        "participants": 442,
        "rsa_participants": 102,
        "exact_hours": "182058.43",
    },
)

BALANCES = {one.name: one for one in (CREUSE, CORREZE)}


def plan(part: Part, seed: int) -> Iterator[Worked]:
    """Entries of one kind that add up to its hours, to the cent; nobody works more than a full-time month."""
    chance = random.Random(seed)
    cents = int(part.hours / _CENT)
    shares = _shares(cents, part.people, chance)
    for number, share in enumerate(shares):
        months = -(-share // _MONTH)
        first = chance.randint(1, 13 - months)
        parts = _shares(share, months, chance, most=_MONTH)
        yield Worked(
            person=f"{part.kind.value[:12]}-{number + 1:03}",
            # Each contract has somebody: there are more people than contracts of every kind.
            contract=number % part.contracts,
            woman=number < part.women,
            rsa=number % part.people < part.rsa,
            months={first + index: Decimal(one) * _CENT for index, one in enumerate(parts)},
        )


def _shares(cents: int, count: int, chance: random.Random, most: int = 12 * _MONTH) -> list[int]:
    """``count`` positive numbers of at most ``most`` that add up to ``cents``."""
    weights = [chance.uniform(0.6, 1.4) for _ in range(count)]
    found = [min(most, max(_LEAST, int(cents * weight / sum(weights)))) for weight in weights]
    rest = cents - sum(found)
    for index in range(count):
        room = most - found[index] if rest > 0 else _LEAST - found[index]
        step = min(rest, room) if rest > 0 else max(rest, room)
        found[index] += step
        rest -= step
    if rest:
        raise ValueError("these hours do not fit: too many or too few for so many people")
    return found
