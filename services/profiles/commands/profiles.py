"""Commands on profiles: register, change, accompany, erase."""

from datetime import date

from services.profiles.access import chosen_territory, load
from services.profiles.commands import statuses as records
from services.profiles.commands.counsellors import check_named
from services.profiles.commands.proofs import begin_proof, found_of, look_again, new_proof_id
from services.profiles.commands.saving import commit
from services.profiles.context import Context
from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.errors import ProfileExists, StaffOnly
from services.profiles.domain.home import HomeInput, settle
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.domain.rules import checked
from services.profiles.domain.status import NOTHING, Age, Said
from services.profiles.store import erase_profile
from shared import civil
from shared.ages import Standing, standing_on
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ReservedPublic
from shared.errors import FieldError, Forbidden
from shared.http import Expected, check_version, forget_answers
from shared.kafka.erasing import forget_stuck
from shared.rights.holdings import Whose
from shared.store import Work


async def register(
    context: Context,
    principal: Principal,
    details: ProfileDetails,
    place: HomeInput | None,
    territory: str | None,
    counsellor_ids: tuple[str, ...],
    said: Said = NOTHING,
) -> Profile:
    """A new profile: the caller's own, or one that staff makes for somebody, who may have no account at all. Whose it is, is
    theirs to say (``commands.accounts``).

    Raises:
        ProfileExists: the account has a profile.
        ProfileRefused, StaffOnly, CounsellorRefused, TerritoryRequired, Forbidden: see the fields.
    """
    actor = _side(principal)
    owner_id = None
    if actor.role == Role.SEEKER:
        _refuse_staff_fields(said.publics or (), counsellors=counsellor_ids)
        owner_id = principal.subject
    where = chosen_territory(principal, territory)
    await check_named(context, principal, where, owner_id, counsellor_ids, "counsellor_ids")
    if actor.role == Role.COUNSELLOR:
        counsellor_ids = tuple(dict.fromkeys((principal.subject, *counsellor_ids)))
    now = context.clock.now()
    details = checked(details, where, civil.today(where, now))
    home = settle(place, context.communes) if place is not None else None
    if owner_id is not None:
        await _refuse_second(context, owner_id)
    id = context.new_id()
    book = records.Book(context, (id, where), [])
    book.say(said, actor, Age(details.birth_date, details.birth_year), now)
    profile = Profile.register(
        id, where, details, home, owner_id=owner_id, counsellor_ids=counsellor_ids, now=now, statuses=book.all
    )
    work = Work(context.new_id)
    book.write(work)
    await commit(context, profile, actor, Action.CREATED, work=work)
    return profile


async def change(
    context: Context,
    profile: Profile,
    actor: Actor,
    details: ProfileDetails,
    place: HomeInput | None,
    given: frozenset[str],
    expected: Expected,
    said: Said = NOTHING,
) -> bool:
    """Take over the fields ``given``; the caller says which version they read. False when nothing is different."""
    check_version(expected, profile.version)
    now = context.clock.now()
    book = await records.book_of(context, profile, now)
    if actor.role == Role.SEEKER:
        if said.publics is not None and set(said.publics) != set(profile.reserved_eligible):
            _refuse_staff_fields(said.publics or profile.reserved_eligible, counsellors=())
        said = said._replace(publics=None)
    if "birth_date" in given and "birth_year" not in given:
        details = details.model_copy(update={"birth_year": None})
    today = civil.today(profile.territory, now)
    details = details.keeping_what_is_left(profile.details)
    details = checked(details, profile.territory, today, profile.details)
    if actor.role == Role.SEEKER:
        _refuse_growing_up(profile, details, today)
    home = profile.home
    if "place" in given:
        home = settle(place, context.communes) if place is not None else None
    aged = "birth_date" in given or "birth_year" in given
    changed = profile.revise(details, home, now, book.all if aged else None)
    if book.say(said, actor, profile.age, now):
        profile.take_statuses(book.all, now)
        changed += ("statuses",)
    if not changed:
        return False
    work = Work(context.new_id)
    book.write(work, profile)
    await commit(context, profile, actor, Action.UPDATED, fields=changed, work=work)
    return True


async def accompany(
    context: Context, principal: Principal, profile_id: str, counsellor_id: str | None, *, assign: bool
) -> Profile:
    """A counsellor begins or ends accompanying; without an id, the caller themselves.

    Raises:
        ProfileUnknown, AlreadyAssigned, TooManyCounsellors, NotAssigned: see the names.
        CounsellorRefused: an account that is known to accompany nobody here.
        Forbidden: the person themselves does not decide this.
    """
    who = counsellor_id or principal.subject

    async def once() -> Profile:
        profile, actor = await load(context.store, principal, profile_id)
        if actor.role == Role.SEEKER:
            raise Forbidden(
                "Seuls les conseillers et les gestionnaires disent qui accompagne.", needs=["counsellor", "manager"]
            )
        now = context.clock.now()
        if assign:
            await check_named(context, principal, profile.territory, profile.owner_id, (who,))
            profile.assign(who, now)
        else:
            profile.unassign(who, now)
        action = Action.COUNSELLOR_ASSIGNED if assign else Action.COUNSELLOR_REMOVED
        await commit(context, profile, actor, action, fields=("counsellor_ids",), concerns=who)
        return profile

    return await context.store.retry_conflicts(once)


async def erase(context: Context, principal: Principal, profile_id: str) -> str:
    """The person leaves this service now and every other one by tombstones. Returns the id of the proof.

    Raises:
        ProfileUnknown: nothing that the caller may erase.
        Forbidden: a counsellor who may read it because nobody accompanies the person, and has not begun to.
    """

    async def once() -> str:
        profile, actor = await load(context.store, principal, profile_id)
        if actor.role == Role.COUNSELLOR and actor.user_id not in profile.counsellor_ids:
            raise Forbidden(
                "Accompagnez d'abord la personne : seul qui l'accompagne efface son profil.",
                needs=["seeker", "manager"],
            )
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
    await forget_stuck(context.store, profile.id)
    await look_again(context.store, profile.id, now)
    return proof


def _side(principal: Principal) -> Actor:
    # Staff who hold the seeker role as well act as staff: what they write is logged as theirs.
    for role in (Role.COUNSELLOR, Role.MANAGER, Role.SEEKER):
        if principal.has(role):
            return Actor(user_id=principal.subject, role=role)
    raise Forbidden(
        "Un profil est créé par la personne, un conseiller ou un gestionnaire.",
        needs=["seeker", "counsellor", "manager"],
    )


def _refuse_staff_fields(publics: tuple[ReservedPublic, ...], *, counsellors: tuple[str, ...]) -> None:
    """What a person may not decide for themselves; saying that there is none is harmless."""
    given = (("reserved_eligible", publics), ("counsellor_ids", counsellors))
    fields = [name for name, value in given if value]
    if fields:
        message = "Ce champ est renseigné par un conseiller ou un gestionnaire."
        raise StaffOnly(message, errors=[FieldError(name, "staff-only", message) for name in fields])


def _refuse_growing_up(profile: Profile, details: ProfileDetails, today: date) -> None:
    """A minor does not become of age, or ageless, by their own word: who accompanies them looks at the paper."""
    was = standing_on(today, profile.details.birth_date, profile.details.birth_year)
    now = standing_on(today, details.birth_date, details.birth_year)
    grown = was in (Standing.MINOR, Standing.UNDER_16) and now is Standing.ADULT
    if grown or (was not in (Standing.ADULT, Standing.UNKNOWN) and now is Standing.UNKNOWN):
        message = "Un conseiller corrige cette date, au vu d'une pièce d'identité."
        raise StaffOnly(message, errors=[FieldError("birth_date", "staff-only", message)])


async def _refuse_second(context: Context, owner_id: str) -> None:
    taken = await context.store.first("profiles", {"owner_id": owner_id}, {"_id": 1})
    if taken is not None:
        raise ProfileExists("Ce compte a déjà un profil.", profile_id=taken["_id"])
