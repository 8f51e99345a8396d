"""What an application shows of a person: read before it is agreed to, agreed to, taken back, read by the employer."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Query, Response
from pydantic import BaseModel, Field

from services.profiles import access, store
from services.profiles.api import examples
from services.profiles.api.cv_files import FILE_ANSWERS, CvFileView, to_be_saved
from services.profiles.commands import disclosed_cvs
from services.profiles.commands import disclosures as commands
from services.profiles.commands.disclosures import Shown
from services.profiles.context import Ctx
from services.profiles.cv.content import place_of
from services.profiles.cv.store import cv_of
from services.profiles.domain.disclosure import (
    NO_CV,
    PURPOSE,
    TEXT_VERSION,
    TEXTS,
    Carrier,
    ContactPoint,
    CvChoice,
    CvKind,
    Disclosure,
    Heard,
    Reading,
    Relay,
    State,
)
from services.profiles.domain.resume import Layout
from shared.domain import Entity
from shared.http import Caller, Located, Page, PageQuery, resource
from shared.types import Distinct, Identifier

router = resource("/v1/profiles/{profile_id}", "disclosures")
employers = resource("/v1/disclosures", "disclosures")


class ShownView(BaseModel):
    """The name and the contact points, as they are now; `counsellor` is who passes messages on to the person."""

    first_name: str
    last_name: str
    email: str | None
    phone: str | None = Field(description="E.164")
    counsellor: Relay | None

    @classmethod
    def of(cls, shown: Shown) -> "ShownView":
        return cls(
            first_name=shown.first_name,
            last_name=shown.last_name,
            email=shown.email,
            phone=shown.phone,
            counsellor=shown.counsellor,
        )


class CvPreview(BaseModel):
    """Which CV could go with it. `GET …/disclosure/cv.pdf` is the one made from the profile as the employer would see it."""

    choices: tuple[CvKind, ...]
    layouts: tuple[Layout, ...] = tuple(Layout)
    commune: str | None = Field(description="Where the one that is made says that the person lives; never the address")
    file: CvFileView | None = Field(description="Shown as it was sent, with all that is written in it (`…/cv/file`)")


class Preview(BaseModel):
    """What an application could show, to be read before anybody agrees: each contact point only where it is ticked."""

    text_version: str
    text: str = Field(description="To be shown, or read out, before the agreement")
    purpose: str
    everything: ShownView = Field(description="The name is always shown, the rest where it is ticked")
    choices: tuple[ContactPoint, ...] = Field(description="What can be ticked now")
    cv: CvPreview


class DisclosureInput(Entity):
    """An agreement, for the application to one offer of one employer."""

    company_id: Identifier = Field(description="Who will read it: `company.id` of the offer")
    offer_id: Identifier
    contacts: Annotated[tuple[ContactPoint, ...], Distinct(3)] | None = Field(
        default=None,
        description="What was ticked. Not said: who accompanies the person and passes messages on, where somebody does; an "
        "empty list: the employer answers over the platform alone",
    )
    cv: CvChoice = Field(default=NO_CV, description="The CV that goes with it")
    text_version: Annotated[str, Field(max_length=20)] = Field(description="Of the text that was shown")
    heard: Heard | None = Field(default=None, description="Needed of who acts for the person: how they agreed")


class DisclosureView(BaseModel):
    """The receipt of an agreement, without what it shows."""

    id: str
    profile_id: str
    company_id: str
    offer_id: str
    purpose: str
    contacts: tuple[ContactPoint, ...]
    cv: CvChoice
    text_version: str
    text: str
    given_at: datetime
    acted_by: str
    on_behalf_of: str | None
    heard: Heard | None
    state: State
    revoked_at: datetime | None
    application_ids: tuple[str, ...] = Field(description="The applications that carry it")

    @classmethod
    def of(cls, disclosure: Disclosure, carriers: list[Carrier], now: datetime) -> "DisclosureView":
        taken = (
            "id", "profile_id", "company_id", "offer_id", "purpose", "contacts", "cv", "text_version", "acted_by",
            "on_behalf_of", "heard", "revoked_at",
        )  # fmt: skip
        return cls(
            text=TEXTS.get(disclosure.text_version, ""),
            given_at=disclosure.created_at,
            state=disclosure.state(carriers, now),
            application_ids=tuple(one.application_id for one in disclosure.carried_by(carriers)),
            **{name: getattr(disclosure, name) for name in taken},
        )


class DisclosedView(ShownView):
    """What an employer reads of somebody who applied."""

    disclosure_id: str
    offer_id: str
    purpose: str
    given_at: datetime
    cv: CvKind = Field(description="Which CV `GET …/cv` gives now; `none`: nothing")


@router.get("/disclosure", summary="What an application would show to the employer")
async def preview_disclosure(profile_id: str, caller: Caller, context: Ctx) -> Preview:
    """For the person and who acts for them, before anybody agrees to it."""
    profile, _ = await access.load(context.store, caller, profile_id)
    shown = await commands.shown(context, profile, tuple(ContactPoint))
    file = await cv_of(context.store, profile.id)
    known = {
        ContactPoint.EMAIL: shown.email,
        ContactPoint.PHONE: shown.phone,
        ContactPoint.COUNSELLOR: shown.counsellor,
    }
    return Preview(
        text_version=TEXT_VERSION,
        text=TEXTS[TEXT_VERSION],
        purpose=PURPOSE,
        everything=ShownView.of(shown),
        choices=tuple(point for point, value in known.items() if value is not None),
        cv=CvPreview(
            choices=tuple(kind for kind in CvKind if kind is not CvKind.FILE or file is not None),
            commune=place_of(profile.home),
            file=None if file is None else CvFileView.of(file),
        ),
    )


@router.get(
    "/disclosure/cv.pdf",
    summary="The CV made from the profile as the employer would see it",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def preview_disclosed_cv(
    profile_id: str,
    caller: Caller,
    context: Ctx,
    layout: Annotated[Layout, Query(description="How it is laid out")] = Layout.CLASSIC,
    contact: Annotated[list[ContactPoint] | None, Query(max_length=3, description="What would be ticked")] = None,
) -> Response:
    """For the person and who acts for them, before anybody agrees to it."""
    document = await disclosed_cvs.preview(context, caller, profile_id, contact or (), layout)
    return to_be_saved(document.name, document.media_type, document.content)


@router.post("/disclosures", status_code=201, summary="Agree to what an application shows, before it is made")
async def give_disclosure(
    profile_id: str,
    body: Annotated[DisclosureInput, Body(openapi_examples=examples.DISCLOSURE)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> DisclosureView:
    """The answer's `id` goes with the application (`disclosure_id`). By itself it shows nothing to anybody."""
    given = await commands.give(
        context,
        caller,
        profile_id,
        company_id=body.company_id,
        offer_id=body.offer_id,
        contacts=body.contacts,
        cv=body.cv,
        text_version=body.text_version,
        heard=body.heard,
    )
    located(f"/v1/profiles/{given.profile_id}/disclosures/{given.id}")
    return DisclosureView.of(given, [], context.clock.now())


@router.get("/disclosures", summary="What the person agreed to show, to whom, and what became of it; the newest first")
async def list_disclosures(profile_id: str, caller: Caller, context: Ctx, page: PageQuery) -> Page[DisclosureView]:
    await access.load(context.store, caller, profile_id)
    found = page.page(await store.disclosures(context.store, profile_id, page), lambda one: (one.id,))
    carriers = await store.carriers(context.store, [one.id for one in found.items])
    now = context.clock.now()
    items = [DisclosureView.of(one, carriers.get(one.id, []), now) for one in found.items]
    return Page(items=items, next_cursor=found.next_cursor)


@router.get("/disclosures/readings", summary="Which employers read what was shown, and when; the latest day first")
async def list_readings(
    profile_id: str,
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    disclosure_id: Annotated[Identifier | None, Query(description="Only readings of this one; absent: of all")] = None,
) -> Page[Reading]:
    await access.load(context.store, caller, profile_id)
    rows = await store.readings(context.store, profile_id, disclosure_id, page)
    return page.page(rows, lambda reading: (reading.id,))


@router.delete(
    "/disclosures/{disclosure_id}", status_code=204, summary="Take the agreement back: nobody reads any more"
)
async def revoke_disclosure(profile_id: str, disclosure_id: str, caller: Caller, context: Ctx) -> None:
    """The application itself stays; withdrawing it ends the disclosure as well."""
    await commands.revoke(context, caller, profile_id, disclosure_id)


@employers.get("/{disclosure_id}", summary="Who applied, and how they are reached: for the employer's users")
async def read_disclosure(disclosure_id: str, caller: Caller, context: Ctx, response: Response) -> DisclosedView:
    """While the application goes on. The reading is noted, and the person sees it. Everything else is one 404."""
    response.headers["Cache-Control"] = "no-store"
    disclosure, shown, cv = await commands.read(context, caller, disclosure_id)
    return DisclosedView(
        disclosure_id=disclosure.id,
        offer_id=disclosure.offer_id,
        purpose=disclosure.purpose,
        given_at=disclosure.created_at,
        cv=cv,
        **dict(ShownView.of(shown)),
    )


@employers.get(
    "/{disclosure_id}/cv",
    summary="The chosen CV of who applied, to be saved: for the employer's users",
    response_class=Response,
    responses=FILE_ANSWERS,
)
async def read_disclosed_cv(disclosure_id: str, caller: Caller, context: Ctx) -> Response:
    """To whom and while the disclosure itself is shown. The reading is noted apart. Everything else is the same 404."""
    document = await disclosed_cvs.read(context, caller, disclosure_id)
    return to_be_saved(document.name, document.media_type, document.content)
