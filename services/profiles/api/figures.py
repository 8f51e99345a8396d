"""Figures of registrations: exact for managers of the territories, masked for everybody."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field

from services.profiles.context import Ctx
from services.profiles.domain.details import Sex
from services.profiles.domain.figures import UNKNOWN, Figures, GroupBy
from services.profiles.queries.figures import report
from shared.http import COSTLY, BoundedRoute, OptionalCaller, resource
from shared.http.figures import FirstDay, LastDay, Territories, wanted
from shared.http.media import Csv
from shared.masking import Report
from shared.outputs import csv_text

router = resource("/v1/statistics", "statistics", route_class=BoundedRoute)


class RegistrationFigures(BaseModel):
    """Of one line; null is masked."""

    registered: int | None = Field(description="People who registered in the period and are still registered")
    rsa_recipients: int | None = Field(description="Of whom RSA recipients on the last day of the period, or today")
    cvs_online: int | None = Field(description="Of whom found by employers in the pool of CVs")
    by_sex: dict[str, int | None]
    by_age_band: dict[str, int | None] = Field(description="By the age in the period's last year")


class RegistrationGroup(BaseModel):
    """A line of the split."""

    key: str
    label: str
    figures: RegistrationFigures


class RegistrationsView(BaseModel):
    """The report."""

    start: date
    end: date
    territories: list[str] | None
    group_by: GroupBy | None
    masked: bool = Field(
        description="For everybody but the territories' managers: one whole calendar year; "
        "figures are multiples of 5 (null: 1 to 4), made of cells of which small ones count as their mean"
    )
    total: RegistrationFigures
    groups: list[RegistrationGroup]


@dataclass(frozen=True)
class Asked:
    """What the report was asked, and what it is."""

    start: date
    end: date
    territories: list[str] | None
    group_by: GroupBy | None
    found: Report[Figures]


async def _asked(
    context: Ctx,
    principal: OptionalCaller,
    start: FirstDay = None,
    end: LastDay = None,
    territory: Territories = None,
    group_by: Annotated[GroupBy | None, Query(description="Split by place")] = None,
) -> Asked:
    asked = wanted(principal, territory, start, end, context.clock.now())
    found = await report(context, asked.territories, asked.first, asked.last, group_by, masked=not asked.exact)
    return Asked(asked.first, asked.last, asked.territories, group_by, found)


@router.get("/registrations", summary="Figures of registrations", openapi_extra=COSTLY)
async def registration_statistics(asked: Annotated[Asked, Depends(_asked)]) -> RegistrationsView:
    """Exact for managers of the territories. For everybody else one year, rounded to 5 and masked below it."""
    return RegistrationsView(
        start=asked.start,
        end=asked.end,
        territories=asked.territories,
        group_by=asked.group_by,
        masked=asked.found.masked,
        total=_view(asked.found.whole),
        groups=[
            RegistrationGroup(key=one.key, label=one.label, figures=_view(one.figures)) for one in asked.found.groups
        ],
    )


@router.get("/registrations.csv", response_class=Csv, summary="Figures of registrations as CSV", openapi_extra=COSTLY)
async def registration_statistics_csv(asked: Annotated[Asked, Depends(_asked)]) -> Response:
    """One line per figure, in French: group, figure, value. A masked figure reads `<5`. Programs read the JSON."""
    lines = [("", "Total", *line) for line in _lines(asked.found.whole)]
    for group in asked.found.groups:
        label = "Inconnu" if group.key == UNKNOWN else group.label
        lines += [(group.key, label, *line) for line in _lines(group.figures)]
    text = csv_text(("Code", "Groupe", "Chiffre", "Valeur"), lines)
    return Csv(text, headers={"Content-Disposition": 'attachment; filename="registrations.csv"'})


def _view(found: Figures) -> RegistrationFigures:
    return RegistrationFigures(**asdict(found))


_SEXES: Final = {Sex.FEMALE: "Femmes", Sex.MALE: "Hommes", Sex.UNSTATED: "Sexe non renseigné"}
_AGES: Final = {
    "under_26": "Moins de 26 ans",
    "26_to_49": "26 à 49 ans",
    "50_and_over": "50 ans et plus",
    UNKNOWN: "Âge inconnu",
}


def _lines(found: Figures) -> Iterator[tuple[str, object]]:
    yield "Personnes inscrites", _shown(found.registered)
    yield "dont bénéficiaires du RSA", _shown(found.rsa_recipients)
    yield "dont CV visibles des employeurs", _shown(found.cvs_online)
    for sex, number in found.by_sex.items():
        yield _SEXES[Sex(sex)], _shown(number)
    for band, number in found.by_age_band.items():
        yield _AGES[band], _shown(number)


def _shown(number: int | None) -> object:
    return "<5" if number is None else number
