"""The pool of CVs: employers that a manager looked at find people without names, and ask before they learn who it is."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Query, Response
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.api import examples
from services.profiles.api.disclosures import ShownView
from services.profiles.commands import pool as commands
from services.profiles.context import Context, Ctx
from services.profiles.domain.consent import ContactPoint, Heard
from services.profiles.domain.details import SkillCode
from services.profiles.domain.pool import TEXT_VERSION, TEXTS, ContactState, PoolCard, PoolContact, PoolReading
from services.profiles.domain.profile import Profile
from services.profiles.queries import pool
from shared.contracts.events.base import OccupationCode
from shared.domain import Entity
from shared.geo import STEPS_KM
from shared.http import BoundedRoute, Caller, Located, Page, PageQuery, resource
from shared.types import CivilDate, Distinct, Identifier, Prose

router = resource("/v1/profiles/{profile_id}/cv/pool", "cv pool", route_class=BoundedRoute)
employers = resource("/v1/cv-pool", "cv pool", route_class=BoundedRoute)


class PoolView(BaseModel):
    """Whether the person is in the pool, in which words they agreed, and what employers see."""

    in_pool: bool
    text_version: str = Field(description="Of the agreement, else of the text to be shown before it")
    text: str
    given_at: datetime | None
    acted_by: str | None
    heard: Heard | None
    card: PoolCard | None = Field(description="As employers see it")


class PoolEntry(Entity):
    """The person agrees."""

    text_version: Annotated[str, Field(max_length=20)] = Field(description="Of the text that was shown")
    heard: Heard | None = Field(default=None, description="Needed of who acts for the person: how they agreed")


class PoolQuestion(Entity):
    """An employer's question to somebody of the pool."""

    company_id: Identifier
    message: Annotated[str, Prose(1_000, min_length=10)] = Field(description="Which work it is about")


class PoolAnswer(Entity):
    """The person's word on one employer's question."""

    accept: bool
    contacts: Annotated[tuple[ContactPoint, ...], Distinct(3)] = Field(
        default=(), description="What this employer reads beside the name"
    )
    heard: Heard | None = Field(default=None, description="Needed of who acts for the person")


class PoolContactView(BaseModel):
    """A question as the person sees it."""

    id: str
    company_id: str
    message: str
    asked_at: datetime
    state: ContactState
    contacts: tuple[ContactPoint, ...]
    answered_at: datetime | None

    @classmethod
    def of(cls, one: PoolContact) -> "PoolContactView":
        taken = ("id", "company_id", "message", "state", "contacts", "answered_at")
        return cls(asked_at=one.created_at, **{name: getattr(one, name) for name in taken})


class PoolContacts(BaseModel):
    """Questions, the newest first."""

    items: list[PoolContactView]


class AskedView(BaseModel):
    """A question as the employer sees it; ``person`` only after their yes."""

    id: str
    pseudonym: str
    state: ContactState
    asked_at: datetime
    person: ShownView | None


class QuestionView(BaseModel):
    """A question in its employer's list."""

    id: str = Field(
        description="`GET /v1/cv-pool/contacts/{id}` says who it is, after their yes",
        examples=["0190c7d3-41b2-5a95-b0e6-7f2d1c8a3e54"],
    )
    pseudonym: str = Field(examples=["1d5fb3a2-7c0e-4f3b-9a61-2c8e5d7f9b04"])
    message: str = Field(examples=["Nous cherchons une aide à domicile à Guéret, 24 h par semaine."])
    state: ContactState = Field(examples=["pending"])
    asked_at: datetime = Field(examples=["2026-11-30T09:00:00Z"])

    @classmethod
    def of(cls, one: PoolContact) -> "QuestionView":
        return cls(id=one.id, pseudonym=one.pseudonym, message=one.message, state=one.state, asked_at=one.created_at)


def _view(context: Context, profile: Profile) -> PoolView:
    given = profile.pool
    version = TEXT_VERSION if given is None else given.text_version
    return PoolView(
        in_pool=given is not None,
        text_version=version,
        text=TEXTS[version],
        given_at=None if given is None else given.given_at,
        acted_by=None if given is None else given.acted_by,
        heard=None if given is None else given.heard,
        card=None if given is None else commands.card_of(context, pool.person_of(profile, given), None),
    )


@router.get("", summary="Whether the person is in the pool, and what employers see there")
async def read_pool_entry(profile_id: str, caller: Caller, context: Ctx) -> PoolView:
    profile, _ = await access.load(context.store, caller, profile_id)
    return _view(context, profile)


@router.put("", summary="Agree to be found by vetted employers without name")
async def enter_pool(
    profile_id: str,
    body: Annotated[PoolEntry, Body(openapi_examples=examples.POOL_ENTRY)],
    caller: Caller,
    context: Ctx,
) -> PoolView:
    return _view(context, await commands.enter(context, caller, profile_id, body.text_version, body.heard))


@router.delete("", status_code=204, summary="Leave the pool at once, and end what employers were told by it")
async def leave_pool(profile_id: str, caller: Caller, context: Ctx) -> None:
    await commands.leave(context, caller, profile_id)


@router.get("/readings", summary="Which employers had the person in an answer, and when; the latest day first")
async def list_pool_readings(profile_id: str, caller: Caller, context: Ctx, page: PageQuery) -> Page[PoolReading]:
    await access.load(context.store, caller, profile_id)
    return page.page(await pool.readings(context.store, profile_id, page), lambda one: (one.id,))


@router.get("/contacts", summary="Employers who ask to know the person")
async def list_pool_contacts(profile_id: str, caller: Caller, context: Ctx) -> PoolContacts:
    profile, _ = await access.load(context.store, caller, profile_id)
    if profile.pool is None:
        return PoolContacts(items=[])
    found = await pool.contacts_of(context.store, profile.id, profile.pool.pseudonym)
    return PoolContacts(items=[PoolContactView.of(one) for one in found])


@router.put("/contacts/{contact_id}", summary="Say yes or no to one employer; a later word replaces the one before")
async def answer_pool_contact(
    profile_id: str,
    contact_id: str,
    body: Annotated[PoolAnswer, Body(openapi_examples=examples.POOL_ANSWER)],
    caller: Caller,
    context: Ctx,
) -> PoolContactView:
    given = await commands.answer(
        context, caller, profile_id, contact_id, accept=body.accept, contacts=body.contacts, heard=body.heard
    )
    return PoolContactView.of(given)


@employers.get("", summary="People for a post, without names: by occupation, skills, distance, availability")
async def search_pool(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    response: Response,
    company_id: Annotated[Identifier, Query(description="The employer that the caller acts for")],
    occupation: Annotated[
        list[OccupationCode], Query(min_length=1, max_length=10, description="ROME codes, any of them")
    ],
    skill: Annotated[list[SkillCode] | None, Query(max_length=10, description="Skill codes, all of them")] = None,
    commune: Annotated[str | None, Query(max_length=5, description="INSEE code from which distances count")] = None,
    within_km: Annotated[
        int | None, Query(ge=0, le=1_000, description=f"One of {', '.join(map(str, STEPS_KM))}")
    ] = None,
    available_by: Annotated[
        CivilDate | None, Query(description="Free on this day or before; a day that is over is today")
    ] = None,
) -> Page[PoolCard]:
    """Every person in an answer sees which employer it went to. A day has its share of searches and of people."""
    found, centre = await commands.search(
        context,
        caller,
        company_id,
        page,
        occupations=occupation,
        skills=skill or (),
        commune_code=commune,
        within_km=within_km,
        available_by=available_by,
    )
    response.headers["Cache-Control"] = "no-store"
    kept = page.page(found, lambda one: (one.pseudonym,))
    there = await pool.still_there(context.store, kept.items)
    cards = [commands.card_of(context, one, centre) for one in there]
    return Page(items=cards, next_cursor=kept.next_cursor)


@employers.post("/{pseudonym}/contacts", status_code=201, summary="Ask somebody of the pool to be told who they are")
async def ask_pool_contact(
    pseudonym: str,
    body: Annotated[PoolQuestion, Body(openapi_examples=examples.POOL_QUESTION)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> AskedView:
    """Once for each employer and person. Nothing is told before they say yes."""
    asked = await commands.ask(context, caller, body.company_id, pseudonym, body.message)
    located(f"/v1/cv-pool/contacts/{asked.id}")
    return _asked(asked, None)


@employers.get("/contacts", summary="What the employer asked people of the pool, the newest first")
async def list_pool_questions(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    company_id: Annotated[
        Identifier, Query(description="The employer that the caller acts for", examples=["company-1"])
    ],
    state: Annotated[ContactState | None, Query(description="Only those of which this became")] = None,
) -> Page[QuestionView]:
    """By any of its users. Nobody is named: `GET …/contacts/{id}` says who it is after their yes, and they see that. A question
    to somebody who left the pool, or cannot be found at the moment, is not in it.
    """
    rows = await commands.questions(context, caller, company_id, state, page)
    found = page.page(rows, lambda one: (one.created_at.isoformat(), one.id))
    return Page(items=[QuestionView.of(one) for one in found.items], next_cursor=found.next_cursor)


@employers.get("/contacts/{contact_id}", summary="What became of a question; who it is, after their yes")
async def read_pool_contact(contact_id: str, caller: Caller, context: Ctx, response: Response) -> AskedView:
    response.headers["Cache-Control"] = "no-store"
    contact, person = await commands.read_contact(context, caller, contact_id)
    return _asked(contact, None if person is None else ShownView.of(person))


def _asked(contact: PoolContact, person: ShownView | None) -> AskedView:
    return AskedView(
        id=contact.id,
        pseudonym=contact.pseudonym,
        state=contact.state,
        asked_at=contact.created_at,
        person=person,
    )
