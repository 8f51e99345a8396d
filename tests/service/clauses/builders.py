"""Bodies and aggregates that are right, to be bent by a test."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import Author, Declaration, HoursGiven
from services.clauses.domain.sizing import Manual
from services.clauses.domain.terms import ContractTerms
from tests.support import Running, outbox_rows

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class People:
    """Authorization headers."""

    facilitator: dict[str, str]
    manager: dict[str, str]
    contractor: dict[str, str]
    other_contractor: dict[str, str]
    stranger: dict[str, str]
    neighbour: dict[str, str]


def acting_for(number: int, *users: str, territory: str = "23") -> dict[str, Any]:
    """The stored contractor ``contractor-<number>``, for which these accounts act."""
    made = {"territory": territory, "version": 1, "created_at": NOW, "updated_at": NOW, "invitations": []}
    contractor = f"contractor-{number}"
    return {"_id": f"{territory}:{contractor}", "contractor_id": contractor, "users": list(users), **made}


def everybody_acting() -> list[dict[str, Any]]:
    """Whom the tokens of ``People`` act for, here and in the neighbour's territory."""
    return [acting_for(n, f"clerk-{n}", territory=territory) for n in (1, 2, 9) for territory in ("23", "87")]


def terms(**changes: Any) -> ContractTerms:
    return ContractTerms.model_validate(
        {
            "title": "Réhabilitation de l'école",
            "kind": "execution_condition",
            "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
            "contractor_ids": ["contractor-1"],
        }
        | changes
    )


def a_contract(hours: str = "1000", **changes: Any) -> Contract:
    sizing = Manual(rule="manual", hours=Decimal(hours), reason="Marché de 2026")
    return Contract.conclude("contract-1", "23", terms(**changes), sizing, ("authority-1", "Guéret"), TODAY, NOW)


def given(**changes: Any) -> HoursGiven:
    return HoursGiven.model_validate(hours_body(**changes))


def author(user: str = "clerk-1", role: str = "contractor") -> Author:
    return Author(user_id=user, role=role, at=NOW)


def a_declaration(id: str = "hours-1", **changes: Any) -> Declaration:
    return Declaration.declare(id, ("contract-1", "23"), given(**changes), author())


def contract_body(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "title": "Réhabilitation de l'école",
        "kind": "execution_condition",
        "contracting_authority_name": "Ville de Guéret",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "objective": {"rule": "manual", "hours": "1000.00", "reason": "Marché de 2026"},
        "contractor_ids": ["contractor-1"],
        # Who is eligible is another test's subject.
        "rules": {"eligibility": "unchecked"},
    }
    return body | changes


def hours_body(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "participant_id": "P-1",
        "employment": {"kind": "cdd", "employer": "Bâti Creuse"},
        "month": "2026-02",
        "hours": "121.33",
        "evidence": [{"kind": "payslip", "dated": "2026-02-28"}],
    }
    return body | changes


async def outbox(running: Running) -> list[dict[str, Any]]:
    """Events that the service has to publish, in the order of each aggregate."""
    return sorted(await outbox_rows(running.store), key=lambda row: (row["key"], row["sequence"]))


def decp_record(**changes: Any) -> dict[str, Any]:
    """A contract as the DECP's schema v2.0.3 publishes it, in the Creuse."""
    record: dict[str, Any] = {
        "_type": "Marché",
        "id": "2025-014",
        "acheteur": {"id": "21230096600018"},
        "nature": "Marché",
        "objet": "Réhabilitation de l'école Jules-Ferry",
        "codeCPV": "45214200-2",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "23096", "typeCode": "Code commune"},
        "dureeMois": 12,
        "dateNotification": "2025-03-03",
        "montant": 412000.5,
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": "34027049500021"}}],
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
        "modifications": [],
    }
    return record | changes
