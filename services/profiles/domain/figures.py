"""How many people are registered, as Job 23 and Job 41 report it; and what everybody may read of it (``shared.masking``)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.profiles.domain.details import Sex
from shared.ages import BANDS, band_in
from shared.masking import shown, shown_parts, shown_table

UNKNOWN = "unknown"
BAND_NAMES = (*(name for _, name in BANDS), UNKNOWN)
SEXES = tuple(sex.value for sex in Sex)


class GroupBy(StrEnum):
    """What figures are split by."""

    TERRITORY = "territory"
    EMPLOYMENT_AREA = "employment_area"
    EPCI = "epci"
    COMMUNE = "commune"


@dataclass(frozen=True)
class PersonFact:
    """What is counted of somebody who registered in the period."""

    group: str
    sex: str
    birth_year: int | None
    rsa: bool
    cv_online: bool


@dataclass(frozen=True)
class Figures:
    """Of one line. None is masked."""

    registered: int | None
    rsa_recipients: int | None
    cvs_online: int | None
    by_sex: dict[str, int | None]
    by_age_band: dict[str, int | None]


def count(facts: Sequence[PersonFact], last_year: int) -> Figures:
    """Exact figures; ages are those of the period's last year."""
    sexes = Counter(one.sex for one in facts)
    bands = Counter(band_in(last_year, one.birth_year, UNKNOWN) for one in facts)
    return Figures(
        registered=len(facts),
        rsa_recipients=sum(one.rsa for one in facts),
        cvs_online=sum(one.cv_online for one in facts),
        by_sex={name: sexes[name] for name in SEXES},
        by_age_band={name: bands[name] for name in BAND_NAMES},
    )


def public(found: Figures) -> Figures:
    """The total as everybody may read it: a part that its whole and the other parts give away is hidden."""
    whole, rsa, cvs = found.registered or 0, found.rsa_recipients or 0, found.cvs_online or 0
    sexes = shown_parts([found.by_sex[name] or 0 for name in SEXES], whole)
    bands = shown_parts([found.by_age_band[name] or 0 for name in BAND_NAMES], whole)
    return Figures(
        registered=shown(whole),
        # Also who does not receive it, or is not online, are few where nearly everybody does.
        rsa_recipients=shown_parts([rsa, whole - rsa], whole)[0],
        cvs_online=shown_parts([cvs, whole - cvs], whole)[0],
        by_sex=dict(zip(SEXES, sexes, strict=True)),
        by_age_band=dict(zip(BAND_NAMES, bands, strict=True)),
    )


def public_lines(parts: Sequence[Figures], whole: Figures) -> list[Figures]:
    """Lines beside their total: a figure stands where both its own line and its column let it."""
    columns = shown_table([_row(one) for one in parts], _row(whole))
    return [_both(public(one), column) for one, column in zip(parts, columns, strict=True)]


def _row(found: Figures) -> list[int]:
    cells: Iterable[int | None] = (
        found.registered,
        found.rsa_recipients,
        found.cvs_online,
        *found.by_sex.values(),
        *found.by_age_band.values(),
    )
    return [cell or 0 for cell in cells]


def _both(line: Figures, column: Sequence[int | None]) -> Figures:
    def cell(mine: int | None, at: int) -> int | None:
        # Of a line that is not shown itself, nothing is.
        return None if column[at] is None or column[0] is None or line.registered is None else mine

    sexes = {name: cell(line.by_sex[name], 3 + at) for at, name in enumerate(SEXES)}
    first = 3 + len(SEXES)
    return Figures(
        registered=cell(line.registered, 0),
        rsa_recipients=cell(line.rsa_recipients, 1),
        cvs_online=cell(line.cvs_online, 2),
        by_sex=sexes,
        by_age_band={name: cell(line.by_age_band[name], first + at) for at, name in enumerate(BAND_NAMES)},
    )
