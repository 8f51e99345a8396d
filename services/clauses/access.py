"""Who may see and do what: facilitators of the territory, managers (reading), the buyer and the contractors."""

from dataclasses import dataclass
from typing import Any

from services.clauses.domain.contract import Contract
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.errors import (
    ContractUnknown,
    EmploymentUnknown,
    HoursRefused,
    HoursUnknown,
)
from services.clauses.domain.ledger import Declaration
from shared.auth import Principal, Role
from shared.errors import FieldError, Forbidden, refused_field
from shared.store import Store

READERS = (Role.FACILITATOR, Role.MANAGER, Role.CONTRACTING_AUTHORITY, Role.CONTRACTOR)


@dataclass(frozen=True)
class Actor:
    """The caller on one side of a contract."""

    user_id: str
    role: Role
    organisation: str | None

    def must_be(self, *roles: Role) -> None:
        """Raises Forbidden unless the side is one of ``roles``."""
        if self.role not in roles:
            raise Forbidden(
                "Your role on this contract does not give this.",
                needs=[role.value for role in roles],
                has=[self.role.value],
            )


def actor_for(principal: Principal, contract: Contract) -> Actor | None:
    """The caller's side, the one that may most first; None for a stranger."""
    organisation = principal.organisation
    sides = (
        (Role.FACILITATOR, principal.may_see(contract.territory)),
        (Role.CONTRACTOR, organisation is not None and organisation in contract.contractors),
        (Role.MANAGER, principal.may_see(contract.territory)),
        (Role.CONTRACTING_AUTHORITY, organisation is not None and organisation == contract.authority_id),
    )
    for role, holds in sides:
        if holds and principal.has(role):
            return Actor(principal.subject, role, organisation)
    return None


async def load(store: Store, principal: Principal, contract_id: str) -> tuple[Contract, Actor]:
    """The contract and the caller's side of it.

    Raises:
        ContractUnknown: no such contract, or none of the caller's.
    """
    contract = await store.find_one(Contract, "contracts", {"_id": contract_id})
    actor = actor_for(principal, contract) if contract is not None else None
    if contract is None or actor is None:
        raise ContractUnknown(f"There is no contract {contract_id} that you may see.", id=contract_id)
    return contract, actor


async def load_hours(store: Store, principal: Principal, hours_id: str) -> tuple[Declaration, Contract, Actor]:
    """A declaration, its contract and the caller's side.

    Raises:
        HoursUnknown: no such declaration, or none that the caller may see.
    """
    unknown = HoursUnknown(f"There is no declaration {hours_id} that you may see.", id=hours_id)
    declaration = await store.find_one(Declaration, "hours", {"_id": hours_id})
    if declaration is None:
        raise unknown
    try:
        contract, actor = await load(store, principal, declaration.contract_id)
    except ContractUnknown:
        raise unknown from None
    others = actor.role is Role.CONTRACTOR and declaration.contractor_id != actor.organisation
    if others or actor.role is Role.CONTRACTING_AUTHORITY:
        raise unknown
    return declaration, contract, actor


async def load_employment(store: Store, principal: Principal, employment_id: str) -> tuple[EmploymentRecord, Actor]:
    """An employment and the caller's side of its contract.

    Raises:
        EmploymentUnknown: no such employment, or none that the caller may see.
    """
    unknown = EmploymentUnknown(f"There is no employment {employment_id} that you may see.", id=employment_id)
    record = await store.find_one(EmploymentRecord, "employments", {"_id": employment_id})
    if record is None:
        raise unknown
    try:
        _, actor = await load(store, principal, record.contract_id)
    except ContractUnknown:
        raise unknown from None
    others = actor.role is Role.CONTRACTOR and record.contractor_id != actor.organisation
    if others or actor.role is Role.CONTRACTING_AUTHORITY:
        raise unknown
    return record, actor


def contractor_of(contract: Contract, actor: Actor, wanted: str | None, lot_id: str | None) -> str | None:
    """For whom something is declared: the caller's own organisation, or one that a facilitator names.

    Raises:
        Forbidden: a contractor names another.
        HoursRefused: an organisation that does not hold the contract or the lot.
    """
    if actor.role is Role.CONTRACTOR:
        if wanted not in (None, actor.organisation):
            message = "Un titulaire déclare pour lui-même."
            raise Forbidden(message, errors=[FieldError("contractor_id", "own-only", message)])
        wanted = actor.organisation
    lot = next((lot for lot in contract.terms.lots if lot.id == lot_id), None)
    allowed = contract.contractors if lot is None else frozenset((*lot.contractor_ids, *contract.terms.contractor_ids))
    if wanted is not None and wanted not in allowed:
        message = "Cette organisation n'est pas titulaire de ce marché ou de ce lot."
        raise refused_field(HoursRefused, "contractor_id", "not-a-contractor", message)
    return wanted


def visible_contracts(principal: Principal) -> dict[str, Any]:
    """The query of the contracts that the caller may list."""
    sides: list[dict[str, Any]] = []
    if principal.has(Role.FACILITATOR, Role.MANAGER):
        sides.append({"territory": {"$in": sorted(principal.territories)}})
    if principal.organisation is not None:
        if principal.has(Role.CONTRACTING_AUTHORITY):
            sides.append({"authority_id": principal.organisation})
        if principal.has(Role.CONTRACTOR):
            sides.append({"terms.contractor_ids": principal.organisation})
            sides.append({"terms.lots.contractor_ids": principal.organisation})
    return {"$or": sides} if sides else {"_id": None}


def visible_hours(contract_id: str, actor: Actor) -> dict[str, Any]:
    """The query of a contract's declarations that the caller may list.

    Raises:
        Forbidden: a contracting authority reads progress, not people.
    """
    actor.must_be(Role.FACILITATOR, Role.MANAGER, Role.CONTRACTOR)
    query: dict[str, Any] = {"contract_id": contract_id}
    if actor.role is Role.CONTRACTOR:
        query["contractor_id"] = actor.organisation
    return query


def ledger_of(contract_id: str, actor: Actor) -> dict[str, Any]:
    """The query of a contract's ledger.

    Raises:
        Forbidden: the audit trail is the staff's; contractors see their own declarations.
    """
    actor.must_be(Role.FACILITATOR, Role.MANAGER)
    return {"contract_id": contract_id}
