"""Employers as offers tells them, of whom a contractor may be one: by its id there, or by its SIRET."""

from typing import Any

from shared.contracts.events.offers import CompanyState
from shared.contracts.topics import COMPANIES
from shared.kafka.envelope import Event
from shared.kafka.rebuild import ReadModel


def recruits(state: CompanyState) -> bool:
    """Whether somebody acts for it, and no manager has suspended it: a new name that waits to be looked at ends nothing."""
    return bool(state.user_ids) and not state.suspended


def _row(event: Event[Any]) -> dict[str, Any]:
    state: CompanyState = event.state
    return {"_id": event.key, "version": event.sequence, "siret": state.siret, "recruits": recruits(state)}


EMPLOYERS = ReadModel("employers", (COMPANIES,), _row)
