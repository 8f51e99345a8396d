"""Who works on a contract: the facilitator's word that somebody belongs there, and for a profile their consent.

A participant is a reference of the desk, which means nothing outside of its territory, or a profile of the platform, which
is one person everywhere. Whoever may name a profile could learn about it and use up its month, so a profile is named only
where a facilitator has linked it, with the person's consent.
"""

from datetime import date
from typing import Self

from pydantic import Field

from services.clauses.domain.errors import ConsentRequired, ParticipantNotAssigned
from services.clauses.domain.ledger import Author
from services.clauses.domain.reference import ParticipantId, is_profile
from shared.domain import Aggregate, Entity
from shared.errors import refused_field
from shared.types import CivilDate, Identifier

FORGOTTEN = "erased-"
"""How the name begins that an erased person's entries keep."""


def was_forgotten(participant_id: str) -> bool:
    """Whether this is the name of somebody who was erased: nothing more is asked or told of them."""
    return participant_id.startswith(FORGOTTEN)


class ParticipantGiven(Entity):
    """Somebody put on a contract."""

    participant_id: ParticipantId = Field(description="Profile id or the desk's own reference; no name or number")
    contractor_id: Identifier | None = Field(default=None, description="Who may declare; absent: all contractors")
    consented_on: CivilDate | None = Field(
        default=None, description="When the person agreed that their profile is linked; asked for with a profile id"
    )


class Participant(Aggregate):
    """A participant of a contract. What they worked is in the ledger, whether they are still here or not."""

    contract_id: str
    participant_id: str
    contractor_id: str | None = None
    consented_on: date | None = None
    assigned_by: str

    @classmethod
    def assign(cls, contract: tuple[str, str], given: ParticipantGiven, author: Author, today: date) -> Self:
        """On ``contract`` (id, territory).

        Raises:
            ConsentRequired: a profile is linked with the person's consent, given today or before.
        """
        consent = given.consented_on
        if is_profile(given.participant_id) and (consent is None or consent > today):
            message = "Un profil est rattaché à un marché avec l'accord de la personne : indiquez sa date."
            raise refused_field(ConsentRequired, "consented_on", "consent-required", message)
        made = cls(
            id=participant_key(contract[0], given.participant_id),
            territory=contract[1],
            created_at=author.at,
            updated_at=author.at,
            contract_id=contract[0],
            participant_id=given.participant_id,
            contractor_id=given.contractor_id,
            consented_on=consent,
            assigned_by=author.user_id,
        )
        made.touch(author.at)
        return made


def participant_key(contract_id: str, participant_id: str) -> str:
    """One document per contract and participant."""
    return f"{contract_id}|{participant_id}"


def assigned_to(known: Participant | None, contractor_id: str | None) -> bool:
    """Whether a contractor declares for them; without one the desk does, for itself."""
    return known is not None and (contractor_id is None or known.contractor_id in (None, contractor_id))


def check_assigned(
    participant_id: str, known: Participant | None, contractor_id: str | None, *, always: bool = False
) -> None:
    """Raises ParticipantNotAssigned: a profile that no facilitator linked to this contract (for this contractor), or whoever
    they linked for another one.

    The refusal is the same whether such a profile exists or not. ``always``: a desk's reference too, where what is
    answered afterwards would tell something of whoever has it.
    """
    if (always or known is not None or is_profile(participant_id)) and not assigned_to(known, contractor_id):
        message = "Cette personne n'est pas rattachée à ce marché : demandez-le au facilitateur."
        raise refused_field(ParticipantNotAssigned, "participant_id", "not-assigned", message)
