"""The figures of a report as rows and words, from which each format is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.clauses.domain.amounts import first_day
from services.clauses.domain.employment import ExitSituation
from services.clauses.domain.person import Sex
from services.clauses.domain.report import NOWHERE, GroupBy, Line, Report
from services.clauses.domain.reporting import months_between

HIDDEN = "<5"
"""Printed where a count of people is not shown (``shared.masking``)."""

NO_HOURS = "–"
"""Printed where hours are not shown, because they would be those of a few people."""

AGE_LABELS = {
    "under_26": "Moins de 26 ans",
    "26_to_49": "26 à 49 ans",
    "50_and_over": "50 ans et plus",
    NOWHERE: "Inconnu",
}
GROUP_LABELS = {
    GroupBy.KIND: "Genre de clause",
    GroupBy.CONTRACT: "Marché",
    GroupBy.AUTHORITY: "Maître d'ouvrage",
    GroupBy.CARRIER: "Structure porteuse",
    GroupBy.TERRITORY: "Département",
    GroupBy.EMPLOYMENT_AREA: "Bassin d'emploi",
    GroupBy.EPCI: "Intercommunalité",
}
EXIT_LABELS = {
    ExitSituation.CDI: "CDI",
    ExitSituation.LONG_CDD: "CDD de 6 mois et plus",
    ExitSituation.SHORT_CDD: "CDD de moins de 6 mois",
    ExitSituation.TEMPORARY: "Intérim",
    ExitSituation.INSERTION: "Structure d'insertion ou adaptée",
    ExitSituation.SELF_EMPLOYED: "À son compte",
    ExitSituation.TRAINING: "Formation",
    ExitSituation.UNEMPLOYED: "Demandeur d'emploi",
    ExitSituation.INACTIVE: "Sans activité",
    ExitSituation.UNKNOWN: "Sans nouvelles",
}

HEADER = (
    "Ligne",
    "Marchés",
    "Maîtres d'ouvrage",
    "Heures dues",
    "Heures attendues à ce jour",
    "Heures déclarées",
    "Heures validées",
    "Heures validées (entières)",
    "Participants",
    "Femmes",
    "Hommes",
    "Sexe non renseigné",
    "Heures de bénéficiaires du RSA",
    "Emplois terminés",
)

Cell = str | int | Decimal


@dataclass(frozen=True)
class Frame:
    """What a document says of its report."""

    title: str
    scope: tuple[str, ...]
    by: GroupBy | None
    made_on: str
    categories: Mapping[str, str]
    """Labels by code."""
    full_time_year: Decimal | None = None
    """Hours of a full-time year, by which full-time equivalents are counted; None: none are."""


def row(line: Line) -> tuple[Cell, ...]:
    """A line in the order of ``HEADER``. Hours are exact decimals; a hidden count is printed as such."""
    return (
        line.label,
        line.contracts,
        line.authorities,
        line.objective_hours,
        line.expected_hours,
        hours(line.declared_hours),
        hours(line.validated_hours),
        hours(line.validated_whole),
        people(line.participants),
        *(people(line.by_sex.get(sex)) for sex in (Sex.FEMALE.value, Sex.MALE.value, Sex.UNSTATED.value)),
        hours(line.rsa_hours),
        people(line.ended_employments),
    )


def people(count: int | None) -> Cell:
    """A count of people, or that it is not shown."""
    return HIDDEN if count is None else count


def hours(amount: Decimal | int | None) -> Cell:
    """Hours, or that they are not shown."""
    return NO_HOURS if amount is None else amount


def details(found: Report, frame: Frame) -> list[tuple[str, list[tuple[str, Cell]]]]:
    """Titled lists of the total's parts: hours in other measures, categories, ages, and what came after."""
    total = found.total
    measures = _measures(total, frame.full_time_year)
    lists: list[tuple[str, list[tuple[str, Cell]]]] = [
        *([("Heures validées, autrement dit", measures)] if measures else []),
        (
            "Participants par public",
            [(frame.categories.get(code, code), people(n)) for code, n in total.by_category.items()],
        ),
        ("Participants par âge", [(AGE_LABELS[band], people(n)) for band, n in total.by_age_band.items()]),
    ]
    for months, seen in total.exits.items():
        named = [(EXIT_LABELS[ExitSituation(situation)], people(n)) for situation, n in seen.items()]
        lists.append(
            (f"Situation {months} mois après la fin" if months > 1 else "Situation un mois après la fin", named)
        )
    return lists


def _measures(total: Line, full_time_year: Decimal | None) -> list[tuple[str, Cell]]:
    """What balances print beside the hours: full-time equivalents, and hours for each participant. Each from the exact sum, and
    only where both figures that it is made of are shown: it tells no more than they do.
    """
    if not total.validated_hours:
        return []
    found: list[tuple[str, Cell]] = []
    if full_time_year is not None:
        named = french(full_time_year.quantize(Decimal(1)) if full_time_year == int(full_time_year) else full_time_year)
        found.append(
            (f"Équivalents temps plein ({named} h par an)", _two_places(total.validated_hours / full_time_year))
        )
    if total.participants:
        found.append(("Heures par participant, en moyenne", _two_places(total.validated_hours / total.participants)))
    return found


def _two_places(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def every_month(found: Report) -> list[tuple[str, Mapping[str, Decimal]]]:
    """Hours by month and kind from the first month with hours to the last, those without between them as well: bars that stand
    side by side are read as months that follow each other. None where nothing was validated.
    """
    hours = {month: kinds for month, kinds in found.months if any(kinds.values())}
    if not hours:
        return []
    first, last = min(hours), max(hours)
    return [(month, hours.get(month, {})) for month in months_between(first_day(first), first_day(last))]


def french(number: int | Decimal) -> str:
    """With narrow spaces between thousands and a comma."""
    return f"{number:,}".replace(",", "\u202f").replace(".", ",")
