"""Participants as a desk keeps them, and the decisions of eligibility on each."""

from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Body, Depends, Query
from pydantic import Field

from services.clauses import store
from services.clauses.api import examples
from services.clauses.api.views import Reason
from services.clauses.commands import persons as commands
from services.clauses.context import Ctx
from services.clauses.domain.eligibility import CategoryKept, Eligibility, EligibilityGiven, EvidenceSeen
from services.clauses.domain.person import Person, PersonGiven, PersonTerms, Sex
from services.clauses.domain.reference import ParticipantId
from shared.auth import Principal, Role, territory_of
from shared.contracts.events.base import Territory
from shared.domain import Entity
from shared.http import (
    IfMatch,
    Located,
    Page,
    PageQuery,
    Patch,
    Version,
    require,
    resource,
)
from shared.types import STORED, Identifier

router = resource("/v1", "participants")

Facilitator = Annotated[Principal, Depends(require(Role.FACILITATOR))]
Staff = Annotated[Principal, Depends(require(Role.FACILITATOR, Role.MANAGER))]
Where = Annotated[Territory | None, Query(description="Without it, the token's only one")]


class PersonCreate(PersonGiven):
    """A new participant of a desk."""

    territory: Territory | None = Field(default=None, description="Without it, the token's only one")


class PersonView(PersonTerms):
    """A participant as the desk keeps them."""

    participant_id: str
    territory: str
    version: Version
    consented_on: date | None
    recorded_by: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, person: Person) -> "PersonView":
        own = ("participant_id", "territory", "version", "consented_on", "recorded_by", "created_at", "updated_at")
        shown = {**dict(person.terms), **{name: getattr(person, name) for name in own}}
        return cls.model_validate(shown, context=STORED)


class EligibilityView(Entity):
    """A decision of eligibility as it was taken."""

    id: str
    participant_id: str
    territory: str
    categories: tuple[CategoryKept, ...]
    referential: str = Field(description="Version of the referential of that day")
    evidence: tuple[EvidenceSeen, ...] = Field(description="Empty for another territory's desk")
    opinion: str | None = Field(description="Null for another territory's desk")
    decided_on: date
    decided_by: str | None = Field(description="Null for another territory's desk")
    valid_from: date
    valid_until: date | None = Field(description="Null: as long as the rules of each contract say")
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    reason: str | None = Field(description="Of the withdrawal; null for another territory's desk")

    @classmethod
    def of(cls, decision: Eligibility, *, own: bool = True) -> "EligibilityView":
        """``own``: of the reader's desk. Another learns of a profile what counts: categories, days, whether it stands."""
        shown = {name: getattr(decision, name) for name in cls.model_fields}
        if not own:
            shown |= {"evidence": (), "opinion": None, "decided_by": None, "withdrawn_by": None, "reason": None}
        return cls.model_validate(shown, context=STORED)


class EligibilitiesView(Entity):
    """All decisions on a participant that the desk may see, the oldest first."""

    items: tuple[EligibilityView, ...]


class Withdrawal(Entity):
    """Why the decision was wrong."""

    reason: Reason


def _answer(person: Person) -> PersonView:
    return PersonView.of(person)


@router.post("/participants", status_code=201, summary="Record a participant of the desk (facilitator)")
async def enter_person(
    body: Annotated[PersonCreate, Body(openapi_examples=examples.PERSON)],
    caller: Facilitator,
    context: Ctx,
    located: Located,
) -> PersonView:
    given = PersonGiven(**{name: getattr(body, name) for name in PersonGiven.model_fields})
    person = await commands.enter(context, caller, territory_of(caller, body.territory), given)
    located(f"/v1/participants/{quote(person.participant_id, safe='')}?territory={person.territory}")
    return _answer(person)


@router.get("/participants", summary="Participants of the caller's desks; the newest first")
async def list_persons(
    caller: Staff,
    context: Ctx,
    page: PageQuery,
    territory: Annotated[
        Territory | None, Query(description="One of the token's, else 403; absent: all of them")
    ] = None,
    sex: Annotated[Sex | None, Query(description="As it was entered; absent: all")] = None,
) -> Page[PersonView]:
    query: dict[str, Any] = {"territory": {"$in": sorted(caller.territories)}}
    if territory is not None:
        caller.require_territory(territory)
        query["territory"] = territory
    if sex is not None:
        query["terms.sex"] = sex
    found = page.page(await store.persons(context.store, query, page), lambda person: (person.id,))
    return Page(items=[PersonView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get("/participants/{participant_id}", summary="A participant of the desk")
async def read_person(
    participant_id: ParticipantId, caller: Staff, context: Ctx, territory: Where = None
) -> PersonView:
    return _answer(await commands.load(context, caller, territory_of(caller, territory), participant_id))


@router.patch("/participants/{participant_id}", summary="Change a participant's facts (facilitator); needs If-Match")
async def change_person(
    participant_id: ParticipantId,
    body: Annotated[Patch[PersonTerms], Body(openapi_examples=examples.PERSON_PATCH)],
    expected: IfMatch,
    caller: Facilitator,
    context: Ctx,
    territory: Where = None,
) -> PersonView:
    person = await commands.load(context, caller, territory_of(caller, territory), participant_id)
    wanted = body.applied_to(dict(person.terms))
    await commands.change(context, caller, person, wanted, expected)
    return _answer(person)


@router.delete(
    "/participants/{participant_id}",
    status_code=204,
    summary="Forget a participant who has no profile and asked for it (facilitator); hours stay without them",
)
async def erase_person(
    participant_id: ParticipantId, caller: Facilitator, context: Ctx, territory: Where = None
) -> None:
    await commands.erase(context, caller, territory_of(caller, territory), participant_id)


@router.post(
    "/participants/{participant_id}/eligibilities",
    status_code=201,
    summary="Decide that a participant is eligible: categories, evidence seen, validity (facilitator)",
)
async def decide_eligibility(
    participant_id: ParticipantId,
    body: Annotated[EligibilityGiven, Body(openapi_examples=examples.ELIGIBILITY)],
    caller: Facilitator,
    context: Ctx,
    territory: Where = None,
) -> EligibilityView:
    person = await commands.load(context, caller, territory_of(caller, territory), participant_id)
    return EligibilityView.of(await commands.decide(context, caller, person, body))


@router.get("/participants/{participant_id}/eligibilities", summary="Decisions on a participant, the oldest first")
async def list_eligibilities(
    participant_id: ParticipantId, caller: Staff, context: Ctx, territory: Where = None
) -> EligibilitiesView:
    where = territory_of(caller, territory)
    person = await commands.load(context, caller, where, participant_id)
    found = await store.eligibilities_of(context.store, person.participant_id, where)
    staff = (Role.FACILITATOR, Role.MANAGER)
    items = (EligibilityView.of(one, own=caller.is_staff_of(one.territory, *staff)) for one in found)
    return EligibilitiesView(items=tuple(items))


@router.post("/eligibilities/{eligibility_id}/withdraw", summary="Take a wrong decision back (facilitator)")
async def withdraw_eligibility(
    eligibility_id: Identifier,
    body: Annotated[Withdrawal, Body(openapi_examples=examples.WITHDRAWAL)],
    caller: Facilitator,
    context: Ctx,
) -> EligibilityView:
    return EligibilityView.of(await commands.withdraw(context, caller, eligibility_id, body.reason))
