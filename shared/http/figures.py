"""Who reads which figures: the one rule of every report that managers read exactly and everybody else masked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Query

from shared import civil
from shared.auth import Principal, Role
from shared.contracts.events.base import Territory
from shared.errors import FieldError, Refused
from shared.masking import public_days
from shared.types import CivilDate

FirstDay = Annotated[
    CivilDate | None, Query(description="First day; default: 1 January of this year. For the public: the year")
]
LastDay = Annotated[
    CivilDate | None, Query(description="Last day; default: today. For the public: a day of the same year")
]
Territories = Annotated[
    list[Territory] | None, Query(max_length=120, description="Départements; default: all that the caller sees")
]


@dataclass(frozen=True)
class Wanted:
    """A period of whole days, of which territories (None: all), and whether its figures are exact."""

    first: date
    last: date
    territories: list[str] | None
    exact: bool


def wanted(
    principal: Principal | None, territories: list[str] | None, start: date | None, end: date | None, now: datetime
) -> Wanted:
    """A manager reads exact figures of their own territories; of others, what everybody may read: one year, masked.

    Raises:
        Refused: the period ends before it starts; one that the public does not ask about.
    """
    manages = principal is not None and principal.has(Role.MANAGER) and set(territories or ()) <= principal.territories
    theirs = sorted(principal.territories) if principal is not None and manages and territories is None else territories
    # Of several places, the one where the day is furthest: nothing of anybody's today is left out.
    today = max((civil.today(place, now) for place in theirs or ()), default=civil.today(None, now))
    first, last = start or today.replace(month=1, day=1), end or today
    if last < first:
        raise Refused(
            "La période se termine avant de commencer.",
            errors=[FieldError("query.end", "order", "Le dernier jour vient après le premier.")],
        )
    if manages:
        return Wanted(first, last, theirs, exact=True)
    if first.year != last.year:
        said = "Les chiffres publics sont ceux d'une année civile à la fois."
        raise Refused(said, errors=[FieldError("query.end", "one_year", said)])
    return Wanted(*public_days(first.year), territories, exact=False)
