"""Commands on profiles: register, change, accompany, erase."""

from services.profiles.access import chosen_territory, load
from services.profiles.context import Context
from services.profiles.domain.agreements import Tick
from services.profiles.domain.details import STAFF_ONLY, ProfileDetails
from services.profiles.domain.errors import ProfileExists, StaffOnly
from services.profiles.domain.home import HomeInput, settle
from services.profiles.domain.journal import Action, Actor, JournalEntry
from services.profiles.domain.profile import Profile
from services.profiles.domain.rules import checked
from services.profiles.proofs import begin_proof, found_of, look_again, new_proof_id
from services.profiles.store import erase_profile, put_profile
from shared import civil
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, FieldError, Forbidden
from shared.http import check_version, forget_answers
from shared.rights.holdings import Whose
from shared.store import Work


async def register(
    context: Context,
    principal: Principal,
    details: ProfileDetails,
    place: HomeInput | None,
    territory: str | None,
    owner_id: str | None,
    counsellor_ids: tuple[str, ...],
) -> Profile:
    """A new profile: the caller's own, or one that staff makes for somebody (who may have no account at all).

    Raises:
        ProfileExists: the account has a profile.
        ProfileRefused, StaffOnly, TerritoryRequired, Forbidden: see the fields.
    """
    actor = _side(principal)
    if actor.role == Role.SEEKER:
        _refuse_staff_fields(details, given=details.model_fields_set, owner_id=owner_id, counsellors=counsellor_ids)
        owner_id = principal.subject
    elif actor.role == Role.COUNSELLOR:
        counsellor_ids = tuple(dict.fromkeys((principal.subject, *counsellor_ids)))
    where = chosen_territory(principal, territory)
    now = context.clock.now()
    details = checked(details, where, civil.today(where, now))
    home = settle(place, context.communes) if place is not None else None
    if owner_id is not None:
        await _refuse_second(context, owner_id, actor)
    profile = Profile.register(
        context.new_id(), where, details, home, owner_id=owner_id, counsellor_ids=counsellor_ids, now=now
    )
    await _commit(context, profile, actor, Action.CREATED)
    return profile


async def change(
    context: Context,
    profile: Profile,
    actor: Actor,
    details: ProfileDetails,
    place: HomeInput | None,
    given: frozenset[str],
    expected: int | None,
) -> bool:
    """Take over the fields ``given``; the caller says which version they read. False when nothing is different."""
    check_version(expected, profile.version)
    if actor.role == Role.SEEKER:
        altered = {name for name in STAFF_ONLY & given if getattr(details, name) != getattr(profile.details, name)}
        _refuse_staff_fields(details, given=altered, owner_id=None, counsellors=())
    now = context.clock.now()
    details = checked(details, profile.territory, civil.today(profile.territory, now))
    home = profile.home
    if "place" in given:
        home = settle(place, context.communes) if place is not None else None
    changed = profile.revise(details, home, now)
    if not changed:
        return False
    await _commit(context, profile, actor, Action.UPDATED, fields=changed)
    return True


async def accompany(
    context: Context, principal: Principal, profile_id: str, counsellor_id: str | None, *, assign: bool
) -> Profile:
    """A counsellor begins or ends accompanying; without an id, the caller themselves.

    Raises:
        ProfileUnknown, AlreadyAssigned, NotAssigned: see the names.
        Forbidden: the person themselves does not decide this.
    """
    who = counsellor_id or principal.subject

    async def once() -> Profile:
        profile, actor = await load(context.store, principal, profile_id)
        if actor.role == Role.SEEKER:
            raise Forbidden("Counsellors and managers decide who accompanies.", needs=["counsellor", "manager"])
        now = context.clock.now()
        if assign:
            profile.assign(who, now)
        else:
            profile.unassign(who, now)
        action = Action.COUNSELLOR_ASSIGNED if assign else Action.COUNSELLOR_REMOVED
        await _commit(context, profile, actor, action, fields=("counsellor_ids",), concerns=who)
        return profile

    return await context.store.retry_conflicts(once)


async def link_account(context: Context, profile: Profile, actor: Actor, owner_id: str) -> None:
    """Give a profile that a counsellor made to the account that the person opened.

    Raises:
        Forbidden: the caller is not staff.
        AccountLinked, ProfileExists: the profile or the account has its counterpart.
    """
    if actor.role == Role.SEEKER:
        raise Forbidden("Counsellors and managers link accounts.", needs=["counsellor", "manager"])
    await _refuse_second(context, owner_id, actor)
    profile.link_account(owner_id, context.clock.now())
    await _commit(context, profile, actor, Action.ACCOUNT_LINKED, fields=("owner_id",), concerns=owner_id)


async def erase(context: Context, principal: Principal, profile_id: str) -> str:
    """The person leaves this service now and every other one by tombstones. Returns the id of the proof.

    Raises:
        ProfileUnknown: nothing that the caller may erase.
    """

    async def once() -> str:
        profile, actor = await load(context.store, principal, profile_id)
        return await erase_one(context, profile, actor.role)

    return await context.store.retry_conflicts(once)


async def erase_one(context: Context, profile: Profile, by_role: str) -> str:
    """As ``erase``, of a profile as it was read.

    Raises:
        VersionConflict: it has changed meanwhile.
    """
    now = context.clock.now()
    found = await found_of(context.store, Whose(profile.id, profile.owner_id))
    work = Work(context.new_id)
    erase_profile(work, profile, by_role, now)
    proof = new_proof_id()
    begin_proof(work, profile.id, profile.territory, found, proof, now)
    await context.store.commit(work)
    # Beside the profile itself: answers about their notes, positions, account.
    await forget_answers(context.store, profile.id)
    await look_again(context.store, profile.id, now)
    return proof


def _side(principal: Principal) -> Actor:
    # Staff who hold the seeker role as well act as staff: what they write is logged as theirs.
    for role in (Role.COUNSELLOR, Role.MANAGER, Role.SEEKER):
        if principal.has(role):
            return Actor(user_id=principal.subject, role=role)
    raise Forbidden(
        "Profiles are made by the person, a counsellor or a manager.", needs=["seeker", "counsellor", "manager"]
    )


def _refuse_staff_fields(
    details: ProfileDetails, *, given: set[str] | frozenset[str], owner_id: str | None, counsellors: tuple[str, ...]
) -> None:
    """What a person may not decide for themselves; saying that there is none is harmless."""
    fields = [name for name in sorted(STAFF_ONLY & given) if getattr(details, name)]
    fields += [name for name, value in (("owner_id", owner_id), ("counsellor_ids", counsellors)) if value]
    if fields:
        message = "Ce champ est renseigné par un conseiller ou un gestionnaire."
        raise StaffOnly(message, errors=[FieldError(name, "staff-only", message) for name in fields])


async def _refuse_second(context: Context, owner_id: str, actor: Actor) -> None:
    taken = await context.store.collection("profiles").find_one({"owner_id": owner_id}, {"_id": 1})
    if taken is not None:
        # Whoever acts for others may ask about anybody's account: which profile it is, is told to the account itself.
        own = {"profile_id": taken["_id"]} if actor.user_id == owner_id else {}
        raise ProfileExists("Ce compte a déjà un profil.", **own)


async def _commit(
    context: Context,
    profile: Profile,
    actor: Actor,
    action: Action,
    *,
    fields: tuple[str, ...] = (),
    concerns: str | None = None,
) -> None:
    behalf = None if actor.user_id == profile.owner_id else profile.id
    ticked = [tick.value for tick in Tick] if action is Action.CREATED else fields
    profile.note_ticks(ticked, actor.user_id, behalf)
    entry = JournalEntry(
        id=context.new_id(),
        profile_id=profile.id,
        territory=profile.territory,
        at=profile.updated_at,
        action=action,
        acted_by=actor.user_id,
        role=actor.role,
        on_behalf_of=behalf,
        fields=fields,
        concerns=concerns,
    )
    work = Work(context.new_id)
    put_profile(work, profile, entry)
    try:
        await context.store.commit(work)
    except AlreadyExists as taken:
        if "owner_id" in taken.extra.get("unique", ()):
            raise ProfileExists("Ce compte a déjà un profil.") from None
        raise
