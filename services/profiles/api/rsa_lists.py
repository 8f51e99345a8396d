"""The département's list of RSA recipients: managers send it, counsellors invite who is on it and not here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import Body, Depends, Query, Request
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from services.profiles.api import examples
from services.profiles.api.profiles import answer
from services.profiles.api.views import ProfileView
from services.profiles.commands import rsa_lists as commands
from services.profiles.commands import rsa_people
from services.profiles.context import Ctx
from services.profiles.domain.details import PhoneText
from services.profiles.domain.rsa_list import Counts, Outcome, RsaDecision, RsaPerson
from shared.auth import Principal, Role, territory_of
from shared.contracts.events.base import Territory
from shared.domain import Entity
from shared.errors import FieldError
from shared.http import Located, Page, PageQuery, require, resource, uploaded_file
from shared.types import CivilDate, Email, Identifier

router = resource("/v1/rsa-lists", "rsa-lists")
people = resource("/v1/rsa-people", "rsa-lists")

UPLOAD_PATH, UPLOAD_BYTES = "/v1/rsa-lists", 5_000_000 + 64 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A CSV, XLSX or ODS file, as the body or as the field `file` of a form. Columns: Référence, Nom, Prénom, "
        "Date de naissance, Depuis; others are not read. Never a social security number.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "Référence;Nom;Prénom;Date de naissance;Depuis\nD-1042;Vallade;Roger;02/09/1971;01/06/2025\n",
            },
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    }
}

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]
Staff = Annotated[Principal, Depends(require(Role.COUNSELLOR, Role.MANAGER))]


class ListProblem(Entity):
    """What is wrong in a line: the column's field, a stable rule, a sentence. No value of the line."""

    field: str
    rule: str
    message: str


class ListLine(BaseModel):
    """A line of the report."""

    line: int = Field(description="As the spreadsheet counts, from 1")
    outcome: Outcome
    profile_id: str | None = Field(description="Of who was recognised")
    person_id: str | None = Field(description="Of `…/rsa-people`: to be invited, or decided about")
    candidates: tuple[str, ...] = Field(description="Profiles that may be meant")
    errors: list[ListProblem]

    @classmethod
    def of(cls, one: commands.LineResult) -> "ListLine":
        return cls(
            line=one.number,
            outcome=one.outcome,
            profile_id=one.profile_id,
            person_id=one.person_id,
            candidates=one.candidates,
            errors=_problems(one.errors),
        )


def _problems(errors: Sequence[FieldError]) -> list[ListProblem]:
    return [ListProblem(field=error.field, rule=error.rule, message=error.message) for error in errors]


class ListReport(BaseModel):
    """Line by line. One refused line, and nothing of the list is taken."""

    applied: bool
    counts: Counts
    ended: list[str] = Field(description="Profiles of who has left a complete list: their status ends on its day")
    notes: list[str]
    lines: list[ListLine]


class ListView(BaseModel):
    """The last list of a territory."""

    territory: str
    as_of: date
    complete: bool
    counts: Counts
    imported_at: datetime
    imported_by: str


class ListViews(BaseModel):
    """Of the caller's territories."""

    items: list[ListView]


class ListedPerson(BaseModel):
    """Somebody of the list who is not on the platform, or perhaps is (`candidates`)."""

    id: str
    territory: str
    last_name: str
    first_name: str
    birth_date: date | None
    reference: str | None
    since: date | None
    as_of: date
    candidates: tuple[str, ...]
    expires_at: datetime = Field(description="Erased then")

    @classmethod
    def of(cls, one: RsaPerson) -> "ListedPerson":
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class ListedRegistration(Entity):
    """How the person is reached, where they said it."""

    email: Email | None = None
    phone: PhoneText | None = None
    consents_to_messages: bool = False


class ListedDecision(Entity):
    """Who it is: one of the two is said."""

    profile_id: Identifier | None = None
    nobody: bool = Field(default=False, description="None of the platform's profiles")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.profile_id is not None) == self.nobody:
            raise PydanticCustomError("one_of", "Indiquez un profil, ou que ce n'est personne de la plateforme.")
        return self


class DecisionView(BaseModel):
    """What was decided; later lists are read by it."""

    person_id: str
    profile_id: str | None
    decided_by: str

    @classmethod
    def of(cls, one: RsaDecision) -> "DecisionView":
        return cls(person_id=one.id, profile_id=one.profile_id, decided_by=one.decided_by)


@router.post(
    "",
    summary="Take the département's list over: every line or none; the same again changes nothing",
    openapi_extra=_BODY,
)
async def take_rsa_list(
    request: Request,
    caller: Manager,
    context: Ctx,
    as_of: Annotated[CivilDate, Query(description="Day that the list speaks of")],
    territory: Annotated[Territory | None, Query(description="Without it, the token's only one")] = None,
    complete: Annotated[
        bool, Query(description="Everybody is on it: whoever an earlier list had and this has not, has left")
    ] = False,
    preview: Annotated[bool, Query(description="Say what would come of it, and take nothing")] = False,
    ends: Annotated[
        int | None,
        Query(ge=0, le=1_000_000, description="How many leave, where more leave than stay: the list is whole"),
    ] = None,
) -> ListReport:
    """People are recognised by the département's reference, else by name and date of birth; doubts are left to a person."""
    where = territory_of(caller, territory)
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    content = await uploaded_file(request, "file") if form else await request.body()
    found = await commands.read_and_take(
        context, caller, where, content, as_of, complete=complete, preview=preview, ends=ends
    )
    return ListReport(
        applied=found.applied,
        counts=found.counts,
        ended=found.ended,
        notes=found.notes,
        lines=[ListLine.of(one) for one in found.lines],
    )


@router.get("", summary="The last list of each territory (manager)")
async def list_rsa_lists(caller: Manager, context: Ctx) -> ListViews:
    found = await context.rsa_lists.many({"_id": {"$in": sorted(caller.territories)}})
    return ListViews(
        items=[
            ListView(
                territory=one.territory,
                as_of=one.as_of,
                complete=one.complete,
                counts=one.counts,
                imported_at=one.updated_at,
                imported_by=one.imported_by,
            )
            for one in found
        ]
    )


@people.get("", summary="People of the list to be invited, or to be decided about (counsellor, manager)")
async def list_rsa_people(
    caller: Staff,
    context: Ctx,
    page: PageQuery,
    territory: Annotated[
        Territory | None, Query(description="One of the token's, else 403; absent: all of them")
    ] = None,
    ambiguous: Annotated[
        bool | None, Query(description="Only those who may be on the platform, or only others")
    ] = None,
) -> Page[ListedPerson]:
    if territory is not None:
        caller.require_territory(territory)
    where = {"$in": [territory] if territory else sorted(caller.territories)}
    query: dict[str, Any] = {"territory": where, "expires_at": {"$gt": context.clock.now()}}
    if ambiguous is not None:
        query["candidates"] = {"$ne": []} if ambiguous else []
    if page.after is not None:
        name, last = page.texts(2)
        query["$or"] = [{"name_key": {"$gt": name}}, {"name_key": name, "_id": {"$gt": last}}]
    rows = await context.rsa_people.many(query, sort=(("name_key", 1), ("_id", 1)), limit=page.limit + 1)
    found = page.page(rows, lambda one: (one.name_key, one.id))
    return Page(items=[ListedPerson.of(one) for one in found.items], next_cursor=found.next_cursor)


@people.post(
    "/{person_id}/registration", status_code=201, summary="Register somebody of the list (counsellor, manager)"
)
async def register_rsa_person(
    person_id: str,
    body: Annotated[ListedRegistration, Body(openapi_examples=examples.LISTED_REGISTRATION)],
    caller: Staff,
    context: Ctx,
    located: Located,
) -> ProfileView:
    """Their profile, with the RSA as the list has it. A counsellor accompanies them from then on."""
    profile = await rsa_people.register(
        context,
        caller,
        person_id,
        email=body.email,
        phone=body.phone,
        consents_to_messages=body.consents_to_messages,
    )
    return await answer(context, located, profile)


@people.post("/{person_id}/decision", summary="Say who it is, or that it is nobody here (counsellor, manager)")
async def decide_rsa_person(
    person_id: str,
    body: Annotated[ListedDecision, Body(openapi_examples=examples.LISTED_DECISION)],
    caller: Staff,
    context: Ctx,
) -> DecisionView:
    """Kept: the next list is read by it."""
    return DecisionView.of(await rsa_people.decide(context, caller, person_id, body.profile_id))


@people.delete("/{person_id}", status_code=204, summary="They ask not to be kept (counsellor, manager)")
async def forget_rsa_person(person_id: str, caller: Staff, context: Ctx) -> None:
    """Erased at once, and passed over in later lists."""
    await rsa_people.forget(context, caller, person_id)
