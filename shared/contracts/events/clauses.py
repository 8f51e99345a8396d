"""Events that the clauses service owns."""

from pydantic import Field

from shared.contracts.events.base import MOST, Day, EventModel, HourSum, Id, Territory
from shared.contracts.vocabulary import ClauseKind

# Hours travel as decimal strings with two places, never as floats: totals come from exact decimals.


class ContractState(EventModel):
    """Objectives and progress of a contract or grant with a social clause (topic ``clauses.contracts.v1``). No people."""

    contract_id: Id
    territory: Territory
    kind: ClauseKind
    title: str = Field(max_length=300)
    contracting_authority_id: Id
    contracting_authority_name: str = Field(max_length=200)
    objective_hours: HourSum
    declared_hours: HourSum
    validated_hours: HourSum
    starts_on: Day
    ends_on: Day
    status: str = Field(pattern=r"^(running|ended)$")


class OfferRequestState(EventModel):
    """An offer that a desk wishes for, because a contract's hours will not be done at the pace so far (topic
    ``clauses.offer-requests.v1``, key: request id). No people. The offer that is made of it has the request's id.
    """

    request_id: Id
    territory: Territory
    contract_id: Id
    contract_title: str = Field(max_length=300)
    wanted: bool = Field(description="False: the hours are on their way again, or the contract has ended")
    positions: int = Field(ge=1, le=1000, description="People who could do the missing hours full-time until the end")
    missing_hours: HourSum
    ends_on: Day
    commune_code: str | None = Field(default=None, max_length=5, description="INSEE code of the site")
    contractor_ids: tuple[Id, ...] = Field(
        default=(), max_length=MOST, description="Who holds the contract, as the desk names them"
    )
