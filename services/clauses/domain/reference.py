"""How a participant is named: by the desk's own reference, which tells nothing of the person, or by a profile's id."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from shared.nir import names_nir
from shared.types import Identifier

_PROFILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONG = 36
"""Letters of such an id: of twenty thousand references, their length says it in a tenth of the time."""


def is_profile(participant_id: str) -> bool:
    """Whether a participant is named by a profile's id, whoever it is and whether it exists: ids are UUIDs."""
    return len(participant_id) == _LONG and _PROFILE.fullmatch(participant_id) is not None


def no_identity(value: str) -> str:
    """A participant's name as it is kept: nothing of the person, and of a profile's id the one form that profiles write.

    In capitals it would be somebody else, with a month of their own, whom no erasure finds.
    """
    if "@" in value or names_nir(value):
        raise PydanticCustomError(
            "personal_reference",
            "Un participant porte un identifiant ou une référence, jamais un numéro personnel ni un e-mail.",
        )
    return value.lower() if is_profile(value) else value


ParticipantId = Annotated[Identifier, AfterValidator(no_identity)]


def gone(participant_id: str) -> str:
    """What is said of one that was erased, to who would use it again."""
    if is_profile(participant_id):
        return "Ce profil n'existe pas, ou plus."
    return "Cette référence n'est plus utilisée : donnez-en une autre."
