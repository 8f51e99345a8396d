"""Commands on a desk's participants: their record, the decisions of eligibility, and what a territory adds to the referential."""

from collections.abc import Sequence
from datetime import date

from services.clauses import store
from services.clauses.commands import participants
from services.clauses.context import Context
from services.clauses.domain.eligibility import Eligibility, EligibilityGiven, LocalCategory, LocalCategoryGiven
from services.clauses.domain.errors import (
    CategoryExists,
    EligibilityUnknown,
    PersonExists,
    PersonRefused,
    PersonUnknown,
)
from services.clauses.domain.ledger import Author
from services.clauses.domain.participant import was_forgotten
from services.clauses.domain.person import Person, PersonGiven, PersonTerms
from services.clauses.domain.reference import gone, is_profile
from services.clauses.queries import erased
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, refused_field
from shared.http import Expected, check_version
from shared.reference.publics import PublicCategory, categories_on
from shared.store import Work


async def enter(context: Context, principal: Principal, territory: str, given: PersonGiven) -> Person:
    """A new participant of a desk.

    Raises:
        ConsentRequired, PersonRefused, PersonExists: see the names.
    """
    context.check_commune(given.commune_code, PersonRefused)
    if await erased.was_erased(context.store, given.participant_id, territory):
        raise refused_field(PersonRefused, "participant_id", "unknown", gone(given.participant_id))
    made = Person.enter(context.new_id(), territory, given, author_of(context, principal), context.today(territory))
    work = Work(context.new_id)
    context.persons.save(work, made)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        message = "Ce participant est déjà enregistré dans ce département."
        raise PersonExists(message, participant_id=given.participant_id) from None
    await participants.forget_if_erased(context, territory, given.participant_id)
    return made


async def load(context: Context, principal: Principal, territory: str, participant_id: str) -> Person:
    """A record of one of the caller's desks.

    Raises:
        PersonUnknown: there is none, or none of the caller's.
    """
    found = None
    if principal.is_staff_of(territory, Role.FACILITATOR, Role.MANAGER):
        found = await store.person(context.store, territory, participant_id)
    if found is None:
        message = "Ce participant n'existe pas, ou vous ne pouvez pas le voir."
        raise PersonUnknown(message, participant_id=participant_id)
    return found


async def change(
    context: Context, principal: Principal, person: Person, terms: PersonTerms, expected: Expected
) -> None:
    """Other facts of a participant; the caller says which version they read.

    Raises:
        VersionConflict, PersonRefused, PersonUnknown: see the names.
    """
    _check_here(person)
    check_version(expected, person.version)
    context.check_commune(terms.commune_code, PersonRefused)
    if person.revise(terms, author_of(context, principal), context.today(person.territory)):
        work = Work(context.new_id)
        context.persons.save(work, person)
        await context.store.commit(work)


async def erase(context: Context, principal: Principal, territory: str, participant_id: str) -> None:
    """Somebody whom only this desk's reference names asked to be forgotten: hours stay, under a name that leads nowhere.

    Safe to ask again. Who erased it and when is kept with the reference, under which nobody is put any more.

    Raises:
        PersonRefused: a profile; its person erases it themselves, everywhere.
        PersonUnknown: this desk keeps nothing under the reference.
    """
    if is_profile(participant_id):
        message = "Cette personne a un profil : l'effacement se demande sur le profil, et vaut partout."
        raise refused_field(PersonRefused, "participant_id", "has-profile", message)
    gone = was_forgotten(participant_id) or await erased.was_erased(context.store, participant_id, territory)
    if not gone and not await erased.is_kept(context.store, territory, participant_id):
        message = "Ce participant n'existe pas, ou vous ne pouvez pas le voir."
        raise PersonUnknown(message, participant_id=participant_id)
    if not was_forgotten(participant_id):
        await participants.forget(context, participant_id, territory=territory, by=principal.subject)


async def decide(context: Context, principal: Principal, person: Person, given: EligibilityGiven) -> Eligibility:
    """A decision of eligibility, from today's referential of the territory.

    Raises:
        EligibilityRefused, PersonUnknown: see the names.
    """
    _check_here(person)
    today = context.today(person.territory)
    made = Eligibility.decide(
        context.new_id(),
        person.territory,
        person.participant_id,
        given,
        person.terms,
        await referential(context, (person.territory,), today),
        author_of(context, principal),
        today,
    )
    work = Work(context.new_id)
    context.eligibilities.save(work, made)
    # Changed or erased meanwhile: decided on what is no longer so, and the commit is refused.
    person.belongs_to((*person.categories, *(one.code for one in made.categories)), author_of(context, principal))
    context.persons.save(work, person)
    await context.store.commit(work)
    return made


def _check_here(person: Person) -> None:
    """Raises PersonUnknown for what is left of somebody who was erased: reports count by it, and nothing more is said of them."""
    if was_forgotten(person.participant_id):
        message = "Ce participant n'existe pas, ou vous ne pouvez pas le voir."
        raise PersonUnknown(message, participant_id=person.participant_id)


async def withdraw(context: Context, principal: Principal, eligibility_id: str, reason: str) -> Eligibility:
    """Take a wrong decision back.

    Raises:
        EligibilityUnknown, DecisionWithdrawn: see the names.
    """

    async def once() -> Eligibility:
        found = await context.eligibilities.find(eligibility_id)
        if found is None or not principal.is_staff_of(found.territory, Role.FACILITATOR):
            raise EligibilityUnknown("Cette décision n'existe pas, ou vous ne pouvez pas la voir.", id=eligibility_id)
        author = author_of(context, principal)
        found.withdraw(reason, author)
        work = Work(context.new_id)
        context.eligibilities.save(work, found)
        person = await store.person(context.store, found.territory, found.participant_id)
        if person is not None:
            everywhere = await store.eligibilities_of(context.store, found.participant_id, found.territory)
            standing = [
                one for one in everywhere if one.stands and one.id != found.id and one.territory == found.territory
            ]
            person.belongs_to((category.code for one in standing for category in one.categories), author)
            context.persons.save(work, person)
        await context.store.commit(work)
        return found

    return await context.store.retry_conflicts(once)


async def referential(context: Context, territories: Sequence[str], day: date) -> tuple[PublicCategory, ...]:
    """The national categories of a day with those that the territories add."""
    local = [one.category for one in await store.local_categories(context.store, territories)]
    return (*categories_on(day), *(one for one in local if one.holds_on(day)))


async def add_category(
    context: Context, principal: Principal, territory: str, given: LocalCategoryGiven
) -> LocalCategory:
    """A category of one territory.

    Raises:
        EligibilityRefused, CategoryExists: see the names.
    """
    made = LocalCategory.add(territory, given, author_of(context, principal))
    work = Work(context.new_id)
    context.local_categories.save(work, made)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise CategoryExists("Ce département a déjà une catégorie de ce code.", category=given.code) from None
    return made


async def end_category(context: Context, principal: Principal, territory: str, code: str, on: date) -> LocalCategory:
    """Decisions after this day cannot name a local category; those that did keep it.

    Raises:
        EligibilityUnknown, EligibilityRefused: see the names.
    """

    async def once() -> LocalCategory:
        found = await context.local_categories.find(f"{territory}|{code}")
        if found is None:
            raise EligibilityUnknown("Ce territoire n'a pas ajouté cette catégorie.", category=code)
        found.end(on, author_of(context, principal))
        work = Work(context.new_id)
        context.local_categories.save(work, found)
        await context.store.commit(work)
        return found

    return await context.store.retry_conflicts(once)


def author_of(context: Context, principal: Principal) -> Author:
    """A facilitator as the author of what stays."""
    return Author(user_id=principal.subject, role=Role.FACILITATOR.value, at=context.clock.now())
