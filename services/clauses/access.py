"""Who may see and do what: facilitators of the territory, managers (reading), the buyer and the contractors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.clauses.domain.contract import Contract
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.errors import (
    ContractUnknown,
    EmploymentUnknown,
    HoursRefused,
    HoursUnknown,
)
from services.clauses.domain.holders import earlier
from services.clauses.domain.ledger import Author, Declaration
from services.clauses.domain.person_month import Declarer
from services.clauses.domain.reference import is_profile
from services.clauses.handles import Contracts, Declarations, Employments
from services.clauses.store import authorities_in, contractors_in, sides_asked
from shared.auth import Principal, Role
from shared.errors import FieldError, Forbidden, NotFound, refused_field
from shared.store import Store

W = TypeVar("W", Declaration, EmploymentRecord)
READERS = (Role.FACILITATOR, Role.MANAGER, Role.CONTRACTING_AUTHORITY, Role.CONTRACTOR)


@dataclass(frozen=True)
class Sides:
    """What an account acts for, by invitations that it accepted: no claim of a token says so."""

    authorities: frozenset[str] = frozenset()
    contractors: frozenset[tuple[str, str]] = frozenset()

    def contractors_in(self, contract: Contract) -> tuple[str, ...]:
        """Which of the contract's contractors; those of another territory are others."""
        return tuple(sorted(one for one in contract.contractors if (contract.territory, one) in self.contractors))


async def sides_of(store: Store, principal: Principal) -> Sides:
    """Read anew for each request: who was removed a moment ago is out."""
    authorities, contractors = await store.find_all(*sides_asked(principal.subject))
    return Sides(authorities_in(authorities), contractors_in(contractors))


@dataclass(frozen=True)
class Actor:
    """The caller on one side of a contract; ``contractors`` are those of the contract that they act for, ``elsewhere`` says in
    which territories for whom (``None``: as the desk, for whomever).
    """

    user_id: str
    role: Role
    contractors: tuple[str, ...] = ()
    elsewhere: frozenset[tuple[str, str | None]] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Whether it is the desk's side."""
        return self.role in (Role.FACILITATOR, Role.MANAGER)

    def author(self, at: datetime) -> Author:
        """Who writes what stays."""
        return Author(user_id=self.user_id, role=self.role.value, at=at)

    def declaring_for(self, contractor_id: str | None, participant_id: str) -> Iterator[Declarer]:
        """As whom the caller declares such hours anywhere. A desk's reference is somebody else's in another territory."""
        if is_profile(participant_id):
            those = (territory for territory, of in self.elsewhere if of in (None, contractor_id))
            yield from (Declarer(contractor_id, territory) for territory in those)

    def declares_for(self, wanted: str | None) -> tuple[str, ...]:
        """The contractors for whom hours may be: the caller's own, or the one that a facilitator names."""
        return self.contractors if self.role is Role.CONTRACTOR else () if wanted is None else (wanted,)

    def must_be(self, *roles: Role) -> None:
        """Raises Forbidden unless the side is one of ``roles``."""
        if self.role not in roles:
            raise Forbidden(
                "Votre rôle sur ce marché ne donne pas cet accès.",
                needs=[role.value for role in roles],
                has=[self.role.value],
            )


def actor_for(principal: Principal, contract: Contract, sides: Sides) -> Actor | None:
    """The caller's side, the one that may most first; None for a stranger."""
    contractors = sides.contractors_in(contract)
    held = (
        (Role.FACILITATOR, principal.is_staff_of(contract.territory, Role.FACILITATOR)),
        (Role.CONTRACTOR, bool(contractors)),
        (Role.MANAGER, principal.is_staff_of(contract.territory, Role.MANAGER)),
        (Role.CONTRACTING_AUTHORITY, contract.authority_id in sides.authorities),
    )
    desks = principal.territories if principal.has(Role.FACILITATOR) else ()
    elsewhere = frozenset((*sides.contractors, *((territory, None) for territory in desks)))
    return next((Actor(principal.subject, role, contractors, elsewhere) for role, holds in held if holds), None)


async def load(store: Store, principal: Principal, contract_id: str) -> tuple[Contract, Actor]:
    """The contract and the caller's side of it.

    Raises:
        ContractUnknown: no such contract, or none of the caller's.
    """
    contracts = Contracts(store)
    # Asked together: what a stranger asks in vain is answered to nobody.
    found, authorities, contractors = await store.find_all(
        contracts.by_id(contract_id), *sides_asked(principal.subject)
    )
    contract = contracts.made(found)
    sides = Sides(authorities_in(authorities), contractors_in(contractors))
    actor = actor_for(principal, contract, sides) if contract is not None else None
    if contract is None or actor is None:
        raise ContractUnknown("Ce marché n'existe pas, ou vous ne pouvez pas le voir.", id=contract_id)
    return contract, actor


async def load_hours(store: Store, principal: Principal, hours_id: str) -> tuple[Declaration, Contract, Actor]:
    """A declaration, its contract and the caller's side.

    Raises:
        HoursUnknown: no such declaration, or none that the caller may see.
    """
    unknown = HoursUnknown("Cette déclaration n'existe pas, ou vous ne pouvez pas la voir.", id=hours_id)
    return await _on_contract(store, principal, await Declarations(store).find(hours_id), unknown)


async def load_employment(store: Store, principal: Principal, employment_id: str) -> tuple[EmploymentRecord, Actor]:
    """An employment and the caller's side of its contract.

    Raises:
        EmploymentUnknown: no such employment, or none that the caller may see.
    """
    unknown = EmploymentUnknown("Cet emploi n'existe pas, ou vous ne pouvez pas le voir.", id=employment_id)
    found = await Employments(store).find(employment_id)
    record, _, actor = await _on_contract(store, principal, found, unknown)
    return record, actor


async def _on_contract(
    store: Store, principal: Principal, found: W | None, unknown: NotFound
) -> tuple[W, Contract, Actor]:
    """What was done by somebody on a contract: a contractor's own, never a buyer's to read."""
    if found is None:
        raise unknown
    try:
        contract, actor = await load(store, principal, found.contract_id)
    except ContractUnknown:
        raise unknown from None
    others = actor.role is Role.CONTRACTOR and found.contractor_id not in actor.contractors
    if others or actor.role is Role.CONTRACTING_AUTHORITY:
        raise unknown
    return found, contract, actor


def contractor_of(contract: Contract, actor: Actor, wanted: str | None, lot_id: str | None) -> str | None:
    """For whom something is declared: the caller's own, or one that a facilitator names; also one that held the contract before,
    whose last months nobody else could declare.

    Raises:
        Forbidden: a contractor names another.
        HoursRefused: an organisation that does not hold the contract or the lot.
    """
    if actor.role is Role.CONTRACTOR:
        if wanted is not None and wanted not in actor.contractors:
            message = "Un titulaire déclare pour lui-même."
            raise Forbidden(message, errors=[FieldError("contractor_id", "own-only", message)])
        if wanted is None and len(actor.contractors) > 1:
            message = "Vous agissez pour plusieurs titulaires de ce marché : dites pour lequel."
            raise refused_field(HoursRefused, "contractor_id", "required", message)
        wanted = wanted or actor.contractors[0]
    lot = next((lot for lot in contract.terms.lots if lot.id == lot_id), None)
    allowed = contract.contractors if lot is None else frozenset((*lot.contractor_ids, *contract.terms.contractor_ids))
    if actor.is_staff and lot is None:
        allowed |= earlier(contract)
    if wanted is not None and wanted not in allowed:
        message = "Cette organisation n'est pas titulaire de ce marché ou de ce lot."
        raise refused_field(HoursRefused, "contractor_id", "not-a-contractor", message)
    return wanted


async def visible_contracts(store: Store, principal: Principal, readers: tuple[Role, ...] = READERS) -> dict[str, Any]:
    """The query of the contracts that the caller may list, on one of the sides ``readers``.

    Raises:
        Forbidden: whoever works for no territory and acts for nobody here.
    """
    found = await sides_of(store, principal)
    if Role.CONTRACTOR not in readers:
        found = Sides(found.authorities)
    sides: list[dict[str, Any]] = []
    if principal.has(Role.FACILITATOR, Role.MANAGER):
        sides.append({"territory": {"$in": sorted(principal.territories)}})
    if found.authorities:
        sides.append({"authority_id": {"$in": sorted(found.authorities)}})
    for territory in sorted({territory for territory, _ in found.contractors}):
        own = {"$in": sorted(one for where, one in found.contractors if where == territory)}
        named = [{"terms.contractor_ids": own}, {"terms.lots.contractor_ids": own}]
        sides.append({"territory": territory, "$or": named})
    if not sides and not principal.has(*readers):
        raise Forbidden("Vous n'agissez pour personne qui puisse lire cela.", needs=[role.value for role in readers])
    return {"$or": sides} if sides else {"_id": None}


def visible_hours(contract_id: str, actor: Actor) -> dict[str, Any]:
    """The query of a contract's declarations that the caller may list.

    Raises:
        Forbidden: a contracting authority reads progress, not people.
    """
    actor.must_be(Role.FACILITATOR, Role.MANAGER, Role.CONTRACTOR)
    query: dict[str, Any] = {"contract_id": contract_id}
    if actor.role is Role.CONTRACTOR:
        query["contractor_id"] = {"$in": list(actor.contractors)}
    return query


def ledger_of(contract_id: str, actor: Actor) -> dict[str, Any]:
    """The query of a contract's ledger.

    Raises:
        Forbidden: the audit trail is the staff's; contractors see their own declarations.
    """
    actor.must_be(Role.FACILITATOR, Role.MANAGER)
    return {"contract_id": contract_id}


def known_to(actor: Actor) -> tuple[str, ...] | None:
    """Whose employments the caller may learn of; None: everybody's."""
    return actor.contractors if actor.role is Role.CONTRACTOR else None
