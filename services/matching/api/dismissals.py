"""The report of dismissals: what people did not want of what was recommended to them, and why."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from services.matching.commands.dismissals import read_report
from services.matching.context import Ctx
from shared.auth import Principal, Role
from shared.http import BoundedRoute, require, resource

router = resource("/v1", "overviews", route_class=BoundedRoute)

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]


class ReasonCount(BaseModel):
    """People, rounded to 5, who gave this kind of reason; kinds that fewer than five people gave are left out."""

    reason: str = Field(description="A kind of `because`, or `unsaid`", examples=["schedule"])
    dismissed: int | None


class DismissedPair(BaseModel):
    """Offers of one occupation that were recommended for another (or the same) one."""

    wished: str | None = Field(description="ROME code that the person seeks; `other`: pairs too small to be named")
    offered: str | None = Field(description="ROME code of the offers")
    recommended: int | None = Field(description="People to whom one was recommended")
    dismissed: int | None = Field(description="People who dismissed one, or for whom it was dismissed")
    rate: float | None
    reasons: list[ReasonCount]


class DismissalReport(BaseModel):
    """For people to read, beside the evaluation: it changes no weight. Who read it and when is kept with its figures.

    One report a month: what was decided up to the end of the last full month, the same figures whenever they are read.
    """

    territory: str
    at: datetime = Field(description="When the figures were made: at their first reading")
    until: date = Field(description="First day that is no longer counted: the first of a month")
    people: int | None = Field(description="People of whom anything was dismissed")
    reasons: list[ReasonCount]
    pairs: list[DismissedPair]


@router.get("/audit/dismissals")
async def read_dismissals(
    context: Ctx,
    principal: Manager,
    territory: Annotated[str, Query(max_length=3, description="One of the token's, else 403")],
) -> DismissalReport:
    """Dismissals of a territory by reason and pair of occupations, by the masking rule of all figures about people."""
    principal.require_territory(territory)
    return DismissalReport.model_validate(await read_report(context, principal, territory))
