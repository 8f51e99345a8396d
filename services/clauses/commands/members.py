"""Who acts for a contracting authority or a contractor: accounts that accepted an invitation. No token says so."""

from collections.abc import Awaitable, Callable

from services.clauses.commands.alerts import ask
from services.clauses.commands.contracts import unknown_authority
from services.clauses.context import Context
from services.clauses.domain.authority import Authority
from services.clauses.domain.contractor import Contractor, contractor_key
from services.clauses.domain.errors import ContractorUnknown
from services.clauses.queries.alerts import watched
from services.clauses.queries.desks import told_of
from services.clauses.store import has_contracts, naming
from shared import civil
from shared.auth import Principal, Role
from shared.contracts.topics import CLAUSE_CONTACTS, CLAUSE_NOTICES
from shared.contracts.vocabulary import Notice
from shared.http import forget_answers_to
from shared.invitations import Invitation, Inviting, Letter
from shared.invitations.inviting import M
from shared.invitations.views import InvitationInput
from shared.store import Work


def of_authorities(context: Context) -> Inviting[Authority]:
    """Invitations to read an authority's contracts."""

    async def load(id: str) -> Authority:
        found = await context.authorities.find(id)
        if found is None:
            raise unknown_authority(id)
        return found

    def save(work: Work, authority: Authority) -> None:
        context.authorities.save(work, authority)

    return _inviting(context, "authority", load, save)


def of_contractors(context: Context) -> Inviting[Contractor]:
    """Invitations to declare hours for a contractor. One that nobody acts for yet is made by its first invitation."""

    async def load(id: str) -> Contractor:
        found = await context.contractors.find(id)
        if found is not None:
            return found
        territory, _, contractor_id = id.partition(":")
        now = context.clock.now()
        return Contractor(id=id, territory=territory, created_at=now, updated_at=now, contractor_id=contractor_id)

    def save(work: Work, contractor: Contractor) -> None:
        context.contractors.save(work, contractor)

    return _inviting(context, "contractor", load, save)


async def authority_for(context: Context, caller: Principal, authority_id: str) -> tuple[Authority, bool]:
    """The authority, and whether the caller is its facilitator rather than one of its users.

    Raises:
        AuthorityUnknown: neither; the same as for one that does not exist.
    """
    authority = await of_authorities(context).load(authority_id)
    facilitator = caller.is_staff_of(authority.territory, Role.FACILITATOR)
    if not facilitator and caller.subject not in authority.users:
        raise unknown_authority(authority_id)
    return authority, facilitator


async def contractor_for(
    context: Context, caller: Principal, territory: str, contractor_id: str
) -> tuple[Contractor, bool]:
    """The contractor, and whether the caller is a facilitator of the territory rather than one of its users.

    Raises:
        ContractorUnknown: neither, or no contract of the territory names it: one answer for all.
    """
    contractor = await of_contractors(context).load(contractor_key(territory, contractor_id))
    facilitator = caller.is_staff_of(territory, Role.FACILITATOR)
    acts = caller.subject in contractor.users
    if not acts and not (facilitator and await has_contracts(context.store, territory, contractor_id)):
        raise ContractorUnknown("Ce titulaire n'existe pas, ou vous ne pouvez pas le voir.", id=contractor_id)
    return contractor, facilitator


async def invite(
    inviting: Inviting[M], place: M, name: str, caller: Principal, body: InvitationInput, *, told: bool
) -> tuple[Invitation, str]:
    """An invitation and its link; a facilitator's is told to whom it names, a user's is passed on by themselves."""
    letter = Letter(Notice.INVITED, name, _WHAT[inviting.purpose]) if told else None
    return await inviting.invite(
        place.id,
        caller.subject,
        label=body.label,
        user_id=body.user_id,
        email=body.email,
        letter=letter,
        acting=None if told else caller.subject,
    )


async def remove(
    inviting: Inviting[M],
    place_id: str,
    user_id: str,
    acting: str | None,
    last: Callable[[Work, M], Awaitable[None]] | None = None,
) -> None:
    """An account no longer acts here. ``acting``: the user by whose right; None: a facilitator. ``last``: what goes with the
    commit by which nobody is left.

    Raises:
        NotFound: a stranger, or ``acting`` was removed meanwhile.
    """

    async def once() -> None:
        place = await inviting.load(place_id)
        place.check_acts(acting)
        place.remove_user(user_id, inviting.clock.now())
        work = Work(inviting.new_id)
        if last is not None and not place.users:
            await last(work, place)
        await inviting.commit(work, place)

    await inviting.store.retry_conflicts(once)
    await forget_answers_to(inviting.store, user_id)


async def tell_of_nobody(context: Context, work: Work, contractor: Contractor) -> None:
    """Nobody is kept by a contract that they act for: what is owed stays owed by the contractor, what was declared stays as it
    is, and who follows the contract hears that nobody declares any more.
    """
    query = watched(civil.latest_today(context.clock.now()))
    for contract in await context.contracts.many({**query, **naming(contractor.territory, contractor.contractor_id)}):
        followers = await told_of(context.store, contract)
        ask(context, work, contract, Notice.CLAUSE_CONTRACTOR_LEFT, followers, {})


async def forget_expired(context: Context) -> int:
    """Addresses of people who did not answer in time leave."""
    forgotten = await of_authorities(context).forget_expired("authorities", Authority)
    return forgotten + await of_contractors(context).forget_expired("contractors", Contractor)


_WHAT = {
    "join-authority": "Vous êtes invité à suivre les clauses sociales des marchés de ce maître d’ouvrage.",
    "join-contractor": "Vous êtes invité à déclarer les heures d’insertion de ce titulaire.",
}


def _inviting(
    context: Context, what: str, load: Callable[[str], Awaitable[M]], save: Callable[[Work, M], None]
) -> Inviting[M]:
    settings = context.settings
    return Inviting(
        store=context.store,
        clock=context.clock,
        new_id=context.new_id,
        key=context.link_key,
        purpose=f"join-{what}",
        page=f"{settings.clauses_public_url.rstrip('/')}/v1/{what}-invitations/",
        mailed_page=settings.invitation_page,
        load=load,
        save=save,
        contacts=CLAUSE_CONTACTS,
        notices=CLAUSE_NOTICES,
    )
