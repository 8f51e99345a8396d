"""Contracts from what buyers publish: volumes proposed from a clause's words, contracts imported from the DECP."""

import asyncio
from decimal import Decimal
from typing import Annotated

from fastapi import Body, Depends
from fastapi.openapi.models import Example
from pydantic import Field

from services.clauses.procurement.clause_text import LONGEST_TEXT, Bound, Per, Proposal, propose
from services.clauses.procurement.measures import Unit
from shared.auth import Principal, Role
from shared.domain import Entity
from shared.http import require, resource
from shared.types import Prose

router = resource("", "procurement")

Facilitator = Annotated[Principal, Depends(require(Role.FACILITATOR))]

_CLAUSE: dict[str, Example] = {
    "lots": {
        "summary": "Two lots with hours of their own",
        "value": {
            "text": "Clause obligatoire d'insertion par l'activité économique. Lot 1 : au minimum 1 200 heures ; "
            "lot 2 : cent quarante heures. Les offres sont remises avant 12 heures."
        },
    }
}


class ClauseText(Entity):
    """A clause as it stands in a notice or a contract."""

    text: Annotated[str, Prose(LONGEST_TEXT)]


class ProposedVolume(Entity):
    """A number that the text demands; a person confirms it, nothing is set by it."""

    number: Decimal
    unit: Unit = Field(description="hours, percent (of the working time), fte (full-time equivalents), people")
    per: Per | None = Field(description="What it is owed for, where that is not the whole contract")
    per_amount: Decimal | None = Field(description="Euros, where it is owed per tranche of the amount")
    bound: Bound | None
    lots: tuple[str, ...] = Field(description="Lots that it is for, as far as the text says")
    written: str = Field(description="As the text writes it")
    sentence: str = Field(description="The text's own words around it")

    @classmethod
    def of(cls, one: Proposal) -> "ProposedVolume":
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class ProposedVolumes(Entity):
    """In the order of the text; empty where it names no number."""

    proposals: list[ProposedVolume]


@router.post(
    "/v1/clause-texts",
    summary="Volumes that a clause's text demands, each with its sentence; nothing is set (facilitator)",
)
async def propose_volumes(
    body: Annotated[ClauseText, Body(openapi_examples=_CLAUSE)], caller: Facilitator
) -> ProposedVolumes:
    found = await asyncio.to_thread(propose, body.text)
    return ProposedVolumes(proposals=[ProposedVolume.of(one) for one in found])
