"""Figures for the département and, with small cells masked, for everybody."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field

from services.offers.api.tables import figures_table
from services.offers.context import Ctx
from services.offers.domain.statistics import Figures, Period
from services.offers.queries.recruiters import Registered, registered
from services.offers.queries.statistics import GroupBy, report
from shared import civil
from shared.http import COSTLY, BoundedRoute, OptionalCaller, resource
from shared.http.figures import FirstDay, LastDay, Territories, wanted
from shared.http.media import Csv
from shared.masking import Report

router = resource("/v1", "statistics", route_class=BoundedRoute)


class StageView(BaseModel):
    """A step of a funnel with its denominator; a count of null is not shown (see ``masked``)."""

    stage: str
    count: int | None
    of: str = Field(description="What the denominator counts")
    denominator: int | None
    rate: float | None


class FiguresView(BaseModel):
    """Figures of one line."""

    recruiters: int = Field(description="Employers with an offer published in the period")
    offers: int = Field(description="Offers published in the period, duplicates once")
    positions_proposed: int
    positions_active: int = Field(description="Open positions at the end of the period")
    back_to_work: dict[str, int | None] = Field(description="Hires in the period by kind")
    back_to_work_total: int | None
    offer_funnel: list[StageView]
    introduction_funnel: list[StageView]
    follow_ups: list[StageView]
    days_to_first_application: float | None = Field(description="Median, over offers with an application")
    offers_with_application: int | None
    reply_rate: float | None = Field(description="Answered ÷ due; due: answered, or silent for 15 days or for good")
    replies_due: int | None
    fill_rate: float | None = Field(description="Filled positions ÷ proposed")
    fill_rate_through_us: float | None


class GroupView(BaseModel):
    """A line of the split."""

    key: str
    label: str
    figures: FiguresView


class RecruitersGroup(BaseModel):
    """Employers that registered in one place."""

    key: str
    label: str
    registered: int | None


class StatisticsView(BaseModel):
    """The report."""

    start: date
    end: date
    territories: list[str] | None
    group_by: GroupBy | None
    masked: bool = Field(
        description="For everybody but the territories' managers: one whole calendar year; "
        "figures about people are multiples of 5 (null: 1 to 4), made of cells of which small ones count as their mean"
    )
    recruiters_registered: int | None = Field(description="Employers that registered in the period and were approved")
    recruiters_registered_by: list[RecruitersGroup] = Field(
        description="The same by place (the employer's first), where the split is one; masked by the same rule"
    )
    total: FiguresView
    groups: list[GroupView]


class Asked(BaseModel):
    """What the report was asked."""

    start: date
    end: date
    territories: list[str] | None
    group_by: GroupBy | None
    found: Any
    recruiters: Any


async def _asked(
    context: Ctx,
    principal: OptionalCaller,
    start: FirstDay = None,
    end: LastDay = None,
    territory: Territories = None,
    group_by: Annotated[GroupBy | None, Query(description="Split by place, source or hidden")] = None,
) -> Asked:
    asked = wanted(principal, territory, start, end, context.clock.now())
    period = Period(civil.wall_midnight(asked.first), civil.wall_midnight(asked.last + timedelta(days=1)))
    found = await report(context, asked.territories, period, group_by, masked=not asked.exact)
    recruiters = await registered(context, asked.territories, asked.first, asked.last, group_by, masked=not asked.exact)
    return Asked(
        start=asked.first,
        end=asked.last,
        territories=asked.territories,
        group_by=group_by,
        found=found,
        recruiters=recruiters,
    )


@router.get("/statistics", summary="Figures", openapi_extra=COSTLY)
async def statistics(asked: Annotated[Asked, Depends(_asked)]) -> StatisticsView:
    """Exact for managers of the territories. For everybody else one year, rounded to 5 and masked below it."""
    found: Report[Figures] = asked.found
    recruiters: Registered = asked.recruiters
    return StatisticsView(
        start=asked.start,
        end=asked.end,
        territories=asked.territories,
        group_by=asked.group_by,
        masked=found.masked,
        recruiters_registered=recruiters.whole,
        recruiters_registered_by=[RecruitersGroup.model_validate(asdict(one)) for one in recruiters.groups],
        total=_view(found.whole),
        groups=[GroupView(key=one.key, label=one.label, figures=_view(one.figures)) for one in found.groups],
    )


@router.get("/statistics.csv", response_class=Csv, summary="Figures as CSV", openapi_extra=COSTLY)
async def statistics_csv(asked: Annotated[Asked, Depends(_asked)]) -> Response:
    """One line per figure, in French: group, figure, value, denominator. A masked figure reads `<5`. Programs read the JSON."""
    return Csv(figures_table(asked.found, asked.recruiters), headers=_named("statistics.csv"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _view(found: Figures) -> FiguresView:
    return FiguresView.model_validate(asdict(found))
