"""An offer that a desk wishes for: the forecast of a contract falls short, and somebody eligible could do the hours.

Only the wish is ours. The offers service makes a draft of it, which a facilitator or manager completes and confirms; the offer
then has the request's id, so that a hire on it is known to be of this contract.
"""

from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Self

from pydantic import BaseModel

from services.clauses.domain.contract import Contract
from shared.contracts.events.clauses import OfferRequestState
from shared.domain import Aggregate

REQUESTED, WITHDRAWN = "offer-requested.v1", "offer-request-withdrawn.v1"
MOST_POSITIONS = 50
"""Who wishes for more than this at once sees an employer first."""
_DAYS_OF_A_YEAR = 365


class OfferRequest(Aggregate):
    """The wish for an offer of one contract. At most one of a contract is wanted at a time."""

    contract_id: str
    contract_title: str
    wanted: bool = True
    positions: int
    missing_hours: Decimal
    ends_on: date
    commune_code: str | None = None
    contractor_ids: tuple[str, ...] = ()

    @classmethod
    def make(cls, id: str, contract: Contract, missing: Decimal, today: date, now: datetime) -> Self:
        """A new one, for ``missing`` hours."""
        made = cls(
            id=id,
            territory=contract.territory,
            created_at=now,
            updated_at=now,
            contract_id=contract.id,
            contract_title=contract.terms.title,
            positions=positions_for(contract, missing, today),
            missing_hours=missing,
            ends_on=contract.last_day,
            commune_code=contract.commune_code,
            contractor_ids=tuple(sorted(contract.contractors)),
        )
        made.record(REQUESTED, now)
        return made

    def withdraw(self, now: datetime) -> bool:
        """No longer wanted; False when that was said."""
        if not self.wanted:
            return False
        self.wanted = False
        self.record(WITHDRAWN, now)
        return True

    @property
    def told_as(self) -> str:
        """The type of the event that tells its present state."""
        return REQUESTED if self.wanted else WITHDRAWN

    def event_data(self, event_type: str) -> BaseModel:
        named = {name: getattr(self, name) for name in OfferRequestState.model_fields if name != "request_id"}
        return OfferRequestState(request_id=self.id, **named)


def positions_for(contract: Contract, missing: Decimal, today: date) -> int:
    """People who could do the hours full-time in the days that the contract still runs, by its hours of a full-time year."""
    days = max((contract.last_day - today).days, 1)
    each = contract.terms.parameters.fte_hours * days / _DAYS_OF_A_YEAR
    return min(max(int((missing / each).to_integral_value(ROUND_CEILING)), 1), MOST_POSITIONS)
