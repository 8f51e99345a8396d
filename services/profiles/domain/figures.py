"""How many people are registered, as Job 23 and Job 41 report it; and what everybody may read of it (``shared.masking``)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.profiles.domain.details import Sex
from shared.ages import BANDS, band_in
from shared.masking import blurred, shown, shown_parts

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
    cell: str = ""
    """The smallest place that any split puts somebody into."""


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


def public_report(facts: Sequence[PersonFact], last_year: int) -> tuple[Figures, dict[str, Figures]]:
    """The whole and its groups as everybody may read them: each figure is the sum of its smallest cells, blurred."""
    cells: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for one in facts:
        for name in _names(one, last_year):
            cells[name][one.group, one.cell] += 1
    sums: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    whole: defaultdict[str, float] = defaultdict(float)
    for name, places in cells.items():
        for (group, _), number in blurred(places).items():
            sums[group][name] += number
            whole[name] += number
    return _public(whole), {group: _public(named) for group, named in sums.items()}


def _names(one: PersonFact, last_year: int) -> tuple[str, ...]:
    """The figures that somebody counts in."""
    return (
        "registered",
        "rsa" if one.rsa else "no rsa",
        "cv" if one.cv_online else "no cv",
        f"sex {one.sex}",
        f"band {band_in(last_year, one.birth_year, UNKNOWN)}",
    )


def _public(sums: Mapping[str, float]) -> Figures:
    """A line: what its whole and its other parts would give away is hidden; of too few, nothing is told."""

    def parts(*names: str) -> list[int | None]:
        return shown_parts([sums.get(name, 0) for name in names], sums.get("registered", 0))

    return Figures(
        registered=shown(sums.get("registered", 0)),
        # Also who does not receive it, or is not online, are few where nearly everybody does.
        rsa_recipients=parts("rsa", "no rsa")[0],
        cvs_online=parts("cv", "no cv")[0],
        by_sex=dict(zip(SEXES, parts(*(f"sex {name}" for name in SEXES)), strict=True)),
        by_age_band=dict(zip(BAND_NAMES, parts(*(f"band {name}" for name in BAND_NAMES)), strict=True)),
    )
