"""Profiles: the person's own, or made and kept by those who accompany them."""

from typing import Annotated

from fastapi import Body, Depends, Query

from services.profiles import access, store
from services.profiles.api import examples
from services.profiles.api.views import (
    TAKE_SINGLE_MEMBERS,
    CounsellorChange,
    ProfileCreate,
    ProfileRevision,
    ProfileSummary,
    ProfileView,
)
from services.profiles.commands import limits
from services.profiles.commands import profiles as commands
from services.profiles.commands.statuses import Book, book_of, load_with_book
from services.profiles.context import Ctx
from services.profiles.domain.journal import JournalEntry
from services.profiles.domain.profile import Profile
from services.profiles.domain.rules import unheard_of
from services.profiles.domain.status import RSA
from services.profiles.queries.caseload import caseload, caseload_filter, with_rsa, with_status
from shared.auth import Principal, Role
from shared.contracts.events.base import OccupationCode, Territory
from shared.http import (
    Caller,
    IfMatch,
    Located,
    Page,
    PageQuery,
    Patch,
    require,
    resource,
)
from shared.types import Identifier

router = resource("/v1/profiles", "profiles")

Staff = Annotated[Principal, Depends(require(Role.COUNSELLOR, Role.MANAGER))]


async def answer(context: Ctx, located: Located, profile: Profile, book: Book | None = None) -> ProfileView:
    """The profile with its version, and its statuses in their short form."""
    # Erasure finds the answers kept for repeated requests by this header.
    located(store.location(profile.id))
    now = context.clock.now()
    if book is None:
        book = await book_of(context, profile, now)
    return ProfileView.of(profile, book.short(now), unheard_of(context.occupations, profile.details))


@router.post("", status_code=201, summary="Register a profile: the caller's own, or one for somebody (staff)")
async def create_profile(
    body: Annotated[ProfileCreate, Body(openapi_examples=examples.CREATE)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ProfileView:
    profile = await commands.register(
        context,
        caller,
        body.details(),
        body.place,
        body.territory,
        body.counsellor_ids,
        body.said(body.model_fields_set),
    )
    return await answer(context, located, profile)


@router.get("", summary="The caseload: the caller's people (counsellor), or the territory's (manager), by name")
async def list_profiles(
    caller: Staff,
    context: Ctx,
    page: PageQuery,
    territory: Annotated[Territory | None, Query(description="One of the caller's; absent: all of them")] = None,
    counsellor: Annotated[Identifier | None, Query(description="User id, or `me`")] = None,
    unassigned: Annotated[bool, Query(description="Only people whom nobody accompanies")] = False,
    q: Annotated[str | None, Query(max_length=100, description="Beginnings of words of the name")] = None,
    commune_code: Annotated[str | None, Query(max_length=5, description="INSEE code of where they live")] = None,
    occupation: Annotated[OccupationCode | None, Query(description="ROME code that they look for")] = None,
    active: Annotated[bool | None, Query(description="Available, and agreeing to be matched")] = None,
    rsa_recipient: Annotated[bool | None, Query(description="Whether they receive the RSA today")] = None,
) -> Page[ProfileSummary]:
    scope = access.scope_of(caller, territory, counsellor, unassigned)
    query = caseload_filter(scope, q=q, commune_code=commune_code, occupation=occupation, active=active)
    now, territories = context.clock.now(), [territory] if territory else sorted(caller.territories)
    if rsa_recipient is not None:
        await with_rsa(context.store, query, territories, now, has=rsa_recipient)
    rows = await caseload(context.store, query, page)
    found = page.page(rows, lambda profile: (profile.name_key, profile.id))
    receive = await with_status(context.store, RSA, found.items, now)
    items = [ProfileSummary.of(profile, rsa_recipient=profile.id in receive) for profile in found.items]
    return Page(items=items, next_cursor=found.next_cursor)


@router.get("/me", summary="The caller's own profile")
async def read_own_profile(caller: Caller, context: Ctx, located: Located) -> ProfileView:
    return await answer(context, located, await access.own(context.store, caller))


@router.get("/{profile_id}", summary="A profile: the person, their counsellors, managers of the territory")
async def read_profile(profile_id: str, caller: Caller, context: Ctx, located: Located) -> ProfileView:
    profile, book = await load_with_book(context, caller, profile_id)
    return await answer(context, located, profile, book)


@router.patch("/{profile_id}", summary="Change a profile; If-Match says which version was read")
async def change_profile(
    profile_id: str,
    body: Annotated[Patch[ProfileRevision], Body(openapi_examples=examples.PATCH)],
    expected: IfMatch,
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ProfileView:
    profile, actor = await access.load(context.store, caller, profile_id)
    now = context.clock.now()
    book = await book_of(context, profile, now)
    current = dict(profile.details) | {"statuses": book.short(now)}
    wanted = body.applied_to(current, merging=TAKE_SINGLE_MEMBERS)
    said = wanted.said(body.fields)
    await commands.change(context, profile, actor, wanted.details(), wanted.place, body.fields, expected, said)
    return await answer(context, located, profile)


@router.delete("/{profile_id}", status_code=204, summary="Erase the person: here at once, elsewhere by tombstones")
async def erase_profile(profile_id: str, caller: Caller, context: Ctx, located: Located) -> None:
    """`Location` is the proof: what was erased where, and who has not told yet."""
    proof = await commands.erase(context, caller, profile_id)
    located(f"/v1/erasures/{proof}")


@router.post("/{profile_id}/counsellors", summary="A counsellor begins or ends to accompany the person")
async def change_counsellors(
    profile_id: str,
    body: Annotated[CounsellorChange, Body(openapi_examples=examples.COUNSELLOR)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ProfileView:
    profile = await commands.accompany(context, caller, profile_id, body.counsellor_id, assign=body.action == "assign")
    return await answer(context, located, profile)


@router.get("/{profile_id}/journal", summary="Who changed what, and on whose behalf; the newest first")
async def read_journal(profile_id: str, caller: Caller, context: Ctx, page: PageQuery) -> Page[JournalEntry]:
    """What somebody may not read of the profile is not told to have changed either."""
    profile, actor = await access.load(context.store, caller, profile_id)
    untold = () if limits.knows_limits(caller, profile, actor) else (limits.FIELD,)
    return page.page(await store.journal(context.store, profile_id, page, untold), lambda entry: (entry.id,))
