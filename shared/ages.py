"""How old somebody is on a civil day, and what follows from it: the one rule of every service that knows when people were born.

Nobody under sixteen is taken (code du travail, L4153-1: work before that age has its own rules, and none of them is an offer
here). Until their eighteenth birthday (code civil, article 414) people need the consent of who has parental authority. A date
of birth says which it is; a year alone says so only of those whom any day of it makes adults.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from shared.errors import FieldError

YOUNGEST: Final = 16
ADULT: Final = 18
OLDEST: Final = 100
"""A date that makes somebody older was mistyped."""

UNDER_16_TEXT: Final = "Avant 16 ans, on ne peut pas s'inscrire ici. La mission locale ou le CIO du secteur peut aider."


BANDS: Final = ((26, "under_26"), (50, "26_to_49"), (200, "50_and_over"))
"""As the facilitators' reports and the figures of registrations have them."""


class Standing(StrEnum):
    """What an age allows. ``unproven``: the year alone leaves open which of the two it is; ``unknown``: nothing was said."""

    UNDER_16 = "under_16"
    MINOR = "minor"
    ADULT = "adult"
    UNPROVEN = "unproven"
    UNKNOWN = "unknown"


def birthday(born: date, age: int) -> date:
    """The day on which somebody becomes that old; who was born on 29 February does on 1 March of other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_on(born: date, day: date) -> int:
    """Whole years on that day."""
    return day.year - born.year - (day < birthday(born, day.year - born.year))


def possible_ages(day: date, born: date | None, year: int | None = None) -> tuple[int, int] | None:
    """The least and the greatest age that somebody can have; one and the same where the date is known, None without a year."""
    if born is not None:
        return age_on(born, day), age_on(born, day)
    if year is None:
        return None
    return age_on(date(year, 12, 31), day), age_on(date(year, 1, 1), day)


def standing_on(day: date, born: date | None, year: int | None = None) -> Standing:
    """What somebody's age allows on a civil day of their territory. ``year``: of birth, where no date is known."""
    ages = possible_ages(day, born, year)
    if ages is None:
        return Standing.UNKNOWN
    least, most = ages
    if least >= ADULT:
        return Standing.ADULT
    if most < YOUNGEST:
        return Standing.UNDER_16
    return Standing.MINOR if born is not None else Standing.UNPROVEN


def band_in(last_year: int, birth_year: int | None, unknown: str) -> str:
    """The band of the age that somebody born in that year has by the end of a period's last year."""
    return unknown if birth_year is None else next(name for below, name in BANDS if last_year - birth_year < below)


def next_change(day: date, born: date | None, year: int | None = None) -> date | None:
    """The next day on which ``standing_on`` says something else; None where it never will."""
    standing = standing_on(day, born, year)
    if standing in (Standing.ADULT, Standing.UNKNOWN):
        return None
    if born is not None:
        return birthday(born, YOUNGEST if standing is Standing.UNDER_16 else ADULT)
    assert year is not None
    return (
        birthday(date(year, 1, 1), YOUNGEST) if standing is Standing.UNDER_16 else birthday(date(year, 12, 31), ADULT)
    )


def age_errors(
    day: date,
    born: date | None,
    year: int | None = None,
    *,
    date_field: str = "birth_date",
    year_field: str = "birth_year",
) -> Sequence[FieldError]:
    """Why somebody born then is not taken, naming the field; nothing for a minor, who needs a consent besides."""
    if born is not None and born > day:
        return [FieldError(date_field, "in-the-future", "La date de naissance est dans le futur.")]
    if born is not None and age_on(born, day) > OLDEST:
        message = f"La date de naissance donne plus de {OLDEST} ans : vérifiez-la."
        return [FieldError(date_field, "implausible-birth-date", message)]
    if born is None and year is not None and not day.year - OLDEST <= year <= day.year:
        message = f"L'année de naissance est entre {day.year - OLDEST} et {day.year - YOUNGEST}."
        return [FieldError(year_field, "implausible-birth-year", message)]
    if standing_on(day, born, year) is Standing.UNDER_16:
        return [FieldError(date_field if born is not None else year_field, "under-16", UNDER_16_TEXT)]
    return []
