"""RSA, RQTH, QPV …: apart from the profile, recorded by counsellors and managers, seen by them and by the person."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Body, Query
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.api import examples
from services.profiles.commands import statuses as commands
from services.profiles.context import Ctx
from services.profiles.domain.status import (
    JOB_SEEKER,
    Source,
    Status,
    StatusCorrection,
    StatusEnd,
    StatusGiven,
    categories_of,
    label_of,
)
from shared import civil
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import ReservedPublic
from shared.http import Caller, Located, resource
from shared.reference.publics import REFERENTIAL_VERSION, Diagnosis, EvidenceOf

router = resource("/v1/profiles/{profile_id}/statuses", "statuses")
categories = resource("/v1/status-categories", "statuses")


class StatusView(BaseModel):
    """A record, whether it stands or not."""

    id: str
    profile_id: str = Field(description="By it an erasure finds the answers that are kept for repeated requests")
    category: str
    label: str
    since: date | None
    as_of: date
    until: date | None
    source: Source
    evidence: EvidenceOf | None
    evidence_dated: date | None
    recorded_by: str = Field(description="Account of who saw it, or heard it")
    recorded_at: datetime
    stands: bool = Field(description="Today, in the person's territory")
    ended_on: date | None
    ended_by: str | None
    replaced_by: str | None
    reason: str | None

    @classmethod
    def of(cls, one: Status, today: date) -> "StatusView":
        taken = (
            "id", "profile_id", "category", "since", "as_of", "until", "source", "evidence", "evidence_dated", "recorded_by",
            "ended_on", "ended_by", "replaced_by", "reason",
        )  # fmt: skip
        return cls(
            label=label_of(one.category),
            recorded_at=one.created_at,
            stands=one.stands_on(today),
            **{name: getattr(one, name) for name in taken},
        )


class StatusesView(BaseModel):
    """All records, the newest first, and what those open that stand and were shown."""

    reserved_eligible: tuple[ReservedPublic, ...] = Field(description="All that other services hear of it")
    items: list[StatusView]


class StatusCategory(BaseModel):
    """What may be recorded."""

    code: str
    label: str
    evidence: tuple[EvidenceOf, ...] = Field(description="Papers of which one shows it; empty: any")
    under: int | None = Field(description="Younger than this, in years")
    least: int | None = Field(description="At least this old")
    opens: tuple[ReservedPublic, ...] = Field(
        description="Reserved publics that somebody of whom it is shown belongs to"
    )


class StatusCategories(BaseModel):
    """The referential of a day: the clauses' own, with being registered at France Travail and diagnoses made elsewhere."""

    version: str
    on: date
    items: list[StatusCategory]


@categories.get("", summary="Statuses that may be recorded, and the papers that show them")
async def list_status_categories(
    caller: Caller, context: Ctx, territory: Annotated[Territory | None, Query(description="Whose day it is")] = None
) -> StatusCategories:
    day = civil.today(territory, context.clock.now())
    items = [
        StatusCategory(
            code=one.code,
            label=one.label,
            evidence=tuple(sorted(one.evidence)),
            under=one.under,
            least=one.least,
            opens=tuple(sorted(one.opens)),
        )
        for one in categories_of(day)
    ]
    items += [_plain(JOB_SEEKER, ()), *(_plain(one.value, (one.opens,)) for one in Diagnosis)]
    return StatusCategories(version=REFERENTIAL_VERSION, on=day, items=items)


def _plain(code: str, opens: tuple[ReservedPublic, ...]) -> StatusCategory:
    return StatusCategory(code=code, label=label_of(code), evidence=(), under=None, least=None, opens=opens)


@router.get("", summary="Statuses of somebody: for the person, who accompanies them, managers of the territory")
async def list_statuses(profile_id: str, caller: Caller, context: Ctx) -> StatusesView:
    """Also those that ended or were corrected."""
    profile, _ = await access.load(context.store, caller, profile_id)
    now = context.clock.now()
    book, today = await commands.book_of(context, profile, now), civil.today(profile.territory, now)
    items = [StatusView.of(one, today) for one in sorted(book.all, key=lambda one: one.id, reverse=True)]
    return StatusesView(reserved_eligible=profile.reserved_eligible, items=items)


@router.post("", status_code=201, summary="Record a status (counsellor, manager)")
async def record_status(
    profile_id: str,
    body: Annotated[StatusGiven, Body(openapi_examples=examples.STATUS)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> StatusView:
    """Only the kind and the date of the paper are kept. What was only said (`person`) opens no reserved public."""
    made = await commands.record(context, caller, profile_id, body)
    located(f"/v1/profiles/{profile_id}/statuses/{made.id}")
    return StatusView.of(made, civil.today(made.territory, context.clock.now()))


@router.post("/{status_id}/correction", status_code=201, summary="Correct a wrong record (counsellor, manager)")
async def correct_status(
    profile_id: str,
    status_id: str,
    body: Annotated[StatusCorrection, Body(openapi_examples=examples.STATUS_CORRECTION)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> StatusView:
    """The new record takes its place; the wrong one stays, with the reason."""
    made = await commands.correct(context, caller, profile_id, status_id, body)
    located(f"/v1/profiles/{profile_id}/statuses/{made.id}")
    return StatusView.of(made, civil.today(made.territory, context.clock.now()))


@router.post("/{status_id}/end", summary="It is no longer so (counsellor, manager)")
async def end_status(
    profile_id: str,
    status_id: str,
    body: Annotated[StatusEnd, Body(openapi_examples=examples.STATUS_END)],
    caller: Caller,
    context: Ctx,
) -> StatusView:
    ended = await commands.end(context, caller, profile_id, status_id, body)
    return StatusView.of(ended, civil.today(ended.territory, context.clock.now()))


@router.delete("/{status_id}", status_code=204, summary="It was never so: nothing of it is kept (counsellor, manager)")
async def remove_status(profile_id: str, status_id: str, caller: Caller, context: Ctx) -> None:
    """Another person's paper, for example. With it goes what it corrected."""
    await commands.remove(context, caller, profile_id, status_id)
