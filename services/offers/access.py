"""Who may act for whom: from a caller and a company or person to the side on which they act."""

from collections.abc import Sequence
from typing import Any

from services.offers.context import Context
from services.offers.domain.actors import Actor, Party, Side
from services.offers.domain.agenda import AgendaEvent, AgendaStatus
from services.offers.domain.company import Company, CompanyStatus
from services.offers.domain.errors import profile_unknown
from services.offers.handles import Agenda, Companies, People
from shared.auth import Principal, Role
from shared.errors import Forbidden, NotFound
from shared.http import because_accompanied


def for_company(principal: Principal, company: Company) -> Actor:
    """The caller as the employer's user, or as a manager of its territory.

    Raises:
        NotFound: neither; the same as for a company that does not exist.
    """
    actor = company_side(principal, company, company.territory)
    if actor is None:
        raise NotFound("Cette entreprise n'existe pas.", id=company.id)
    return actor


def company_side(principal: Principal, company: Company | None, territory: str) -> Actor | None:
    """As ``for_company``, None for a stranger. A manager's side comes first: it may do what an employer may."""
    if principal.is_staff_of(territory, Role.MANAGER):
        return Actor(principal.subject, Party.MANAGER)
    if company is not None and principal.has(Role.EMPLOYER) and principal.subject in company.users:
        return Actor(principal.subject, Party.EMPLOYER, suspended=company.status is CompanyStatus.SUSPENDED)
    return None


async def for_moderation(companies: Companies, principal: Principal, company_id: str) -> tuple[Company, Actor]:
    """A company and the caller as a manager of its territory.

    Raises:
        Forbidden: another role, whatever the id.
        NotFound: no such company, or another territory's.
    """
    if not principal.has(Role.MANAGER):
        raise Forbidden("Seul un gestionnaire peut le faire.", needs=[Role.MANAGER.value])
    company = await companies.load(company_id)
    if not principal.may_see(company.territory):
        raise NotFound("Cette entreprise n'existe pas.", id=company_id)
    return company, Actor(principal.subject, Party.MANAGER)


def manager_of(principal: Principal, territory: str) -> Actor:
    """The caller as a manager of the territory.

    Raises:
        Forbidden: another role or territory.
    """
    if not principal.has(Role.MANAGER):
        raise Forbidden("Seul un gestionnaire peut le faire.", needs=[Role.MANAGER.value])
    principal.require_territory(territory)
    return Actor(principal.subject, Party.MANAGER)


async def shown_event(agenda: Agenda, principal: Principal | None, agenda_id: str) -> AgendaEvent:
    """An event that was announced, or any of the territory for its staff.

    Raises:
        NotFound: no such event, or one that is still planned and not this caller's to know, whatever they ask of it.
    """
    event = await agenda.load(agenda_id)
    staff = principal is not None and principal.is_staff_of(event.territory, Role.MANAGER, Role.COUNSELLOR)
    if event.status is AgendaStatus.DRAFT and not staff:
        raise NotFound("Cet événement n'existe pas.", id=agenda_id)
    return event


def person_side(principal: Principal, someone: dict[str, Any]) -> Actor | None:
    """The caller as the person, as one of their counsellors or as a manager of their territory; None for a stranger.

    A counsellor's token must name the territory as well: who has left it follows nobody there any more. Staff who have a
    profile are the person there.
    """
    if someone.get("owner_id") == principal.subject:
        because_accompanied(str(someone["_id"]))
        return Actor(principal.subject, Party.SEEKER) if principal.has(Role.SEEKER) else None
    territory = str(someone.get("territory"))
    if principal.is_staff_of(territory, Role.COUNSELLOR) and principal.subject in someone.get("counsellor_ids", ()):
        because_accompanied(str(someone["_id"]))
        return Actor(principal.subject, Party.COUNSELLOR)
    if principal.is_staff_of(territory, Role.MANAGER):
        # The person may move to another territory.
        because_accompanied(str(someone["_id"]))
        return Actor(principal.subject, Party.MANAGER, Side.PERSON)
    return None


async def still_accompanies(people: People, principal: Principal, profile_ids: Sequence[str]) -> bool:
    """Whether the caller may act for all of these people now."""
    found = [await people.find(id) for id in profile_ids]
    return all(someone is not None and person_side(principal, someone) is not None for someone in found)


async def still_shown(context: Context, principal: Principal, application_ids: Sequence[str]) -> bool:
    """Whether the caller may read what people wrote with all of these applications to their employer."""
    for id in application_ids:
        application = await context.applications.find(id)
        if application is None:
            return False
        company = await context.companies.find(application.company_id)
        actor = company_side(principal, company, application.territory)
        if actor is None or not application.shows_words_to(actor):
            return False
    return True


async def for_person(people: People, principal: Principal, profile_id: str | None) -> tuple[Actor, dict[str, Any]]:
    """The caller acting for a profile; without an id, for their own.

    Raises:
        ProfileUnknown: no such profile, or none that the caller may act for (a stranger learns nothing).
    """
    someone = await (people.owned_by(principal.subject) if profile_id is None else people.find(profile_id))
    actor = person_side(principal, someone) if someone is not None else None
    if someone is None or actor is None:
        raise profile_unknown(profile_id)
    return actor, someone
