"""What a reader makes of an enumeration value that it does not know: a newer producer grew the vocabulary.

Refusing the event would halt every reader of the older release after some dead letters; guessing could show somebody what
they must not see. So each field has a meaning for the unknown, and the event says which fields were not understood
(``EventModel.not_understood``): whoever decides by such a field decides for the cautious side.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from shared.contracts.events.base import EventModel
from shared.contracts.events.clauses import ContractState
from shared.contracts.events.notifications import DeliveryState
from shared.contracts.events.offers import AgendaState, ApplicationState, OfferState
from shared.contracts.events.profiles import ContactState, ProfileState
from shared.contracts.vocabulary import (
    AgendaKind,
    ApplicationStatus,
    Channel,
    ClauseKind,
    ContractKind,
    DeliveryStatus,
    OfferStatus,
)

M = TypeVar("M", bound=EventModel)


MOST_PROBLEMS = 1_000
"""Looked at in one record. Telling of each takes five times as long as finding it, and a megabyte holds 660,000."""


class How(StrEnum):
    """What stands in a field instead of a value that is not known."""

    LEFT_OUT = "left-out"
    """Of a list: without it."""
    ABSENT = "absent"
    """As if the field had not been sent: its default."""
    STAND_IN = "stand-in"
    """The value that is named."""


@dataclass(frozen=True)
class Meaning:
    """Of one field. ``why``: what makes it the cautious side."""

    how: How
    why: str
    value: str | None = None


def _stand_in(value: StrEnum, why: str) -> Meaning:
    return Meaning(How.STAND_IN, why, value.value)


_ALONE = "the rest is understood"
_NOBODY_MATCHED = "an offer that asks for what this reader does not know is matched with nobody by it"

MEANINGS: Mapping[type[EventModel], Mapping[str, Meaning]] = {
    OfferState: {
        "status": _stand_in(OfferStatus.SUSPENDED, "an offer of which it is not known that it is open is not shown"),
        "kind": Meaning(How.ABSENT, _NOBODY_MATCHED),
        "source": Meaning(How.ABSENT, "only figures tell sources apart"),
        "contract_kind": _stand_in(ContractKind.OTHER, _NOBODY_MATCHED),
        "licences": Meaning(How.LEFT_OUT, _NOBODY_MATCHED),
        "french_level": Meaning(How.ABSENT, _NOBODY_MATCHED),
        "reserved_publics": Meaning(How.LEFT_OUT, _NOBODY_MATCHED),
        "cards": Meaning(How.LEFT_OUT, "a card that is not known weighs nothing here; the person reads the offer"),
        "caces": Meaning(How.LEFT_OUT, "a CACES that is not known weighs nothing here; the person reads the offer"),
    },
    ApplicationState: {
        "status": _stand_in(ApplicationStatus.POSTPONED, "it goes on; nobody is told a step that nobody can name"),
        "origin": Meaning(How.ABSENT, "a step is told the same way"),
        "contract_kind": Meaning(How.ABSENT, _ALONE),
    },
    AgendaState: {"kind": _stand_in(AgendaKind.WORKSHOP, "the title says what it is")},
    ProfileState: {
        "travel": Meaning(How.LEFT_OUT, "the person goes only as far as the known means take them"),
        "licences": Meaning(How.LEFT_OUT, "a licence that is not known opens no offer here"),
        "kinds": Meaning(How.LEFT_OUT, "who accepts only what is not known is matched with nothing"),
        "contract_kinds": Meaning(How.LEFT_OUT, "who accepts only what is not known is matched with nothing"),
        "wished_contract_kinds": Meaning(How.LEFT_OUT, "a wish lifts, it does not exclude"),
        "french_level": Meaning(How.ABSENT, "a level that is not known opens no offer here"),
        "cards": Meaning(How.LEFT_OUT, "a card that is not known opens no offer here"),
        "certificates": Meaning(How.LEFT_OUT, "a CACES that is not known here is one of which it is not said which"),
        "reserved_eligible": Meaning(How.LEFT_OUT, "eligibility that is not known opens no offer here"),
    },
    ContactState: {"channels": Meaning(How.LEFT_OUT, "a channel that this reader has not cannot be used by it")},
    ContractState: {"kind": _stand_in(ClauseKind.EXECUTION_CONDITION, "hours and objectives are understood")},
    DeliveryState: {
        "channel": _stand_in(Channel.INBOX, "only figures tell channels apart"),
        "status": _stand_in(DeliveryStatus.FAILED, "nothing is said to have arrived that may not have"),
    },
}


def understand(model: type[M], value: bytes) -> M:
    """Read an event's data, with the meanings above where a value of an enumeration is not known.

    Raises:
        ValidationError: it breaks the contract in another way.
    """
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        meanings = MEANINGS.get(model, {})
        if error.error_count() > MOST_PROBLEMS:
            raise
        places = [problem["loc"] for problem in error.errors() if problem["type"] == "enum"]
        fields = {str(place[0]) for place in places}
        if not places or len(places) < error.error_count() or not fields <= meanings.keys():
            raise
        data = json.loads(value)
        for field in sorted(fields):
            _replace(data, field, meanings[field], [place for place in places if place[0] == field])
        found = model.model_validate(data)
        found.mark_not_understood(fields)
        return found


def _replace(data: dict[str, Any], field: str, meaning: Meaning, places: list[tuple[int | str, ...]]) -> None:
    if meaning.how is How.STAND_IN:
        data[field] = meaning.value
    elif meaning.how is How.ABSENT:
        del data[field]
    else:
        unknown = {place[1] for place in places}
        data[field] = [element for number, element in enumerate(data[field]) if number not in unknown]
