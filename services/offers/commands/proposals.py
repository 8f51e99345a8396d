"""Answers to what the text of an offer says and its fields do not."""

from dataclasses import replace

from pydantic import ValidationError

from services.offers.commands import checking
from services.offers.commands import offers as commands
from services.offers.context import Context
from services.offers.domain.actors import Actor
from services.offers.domain.company import Company
from services.offers.domain.content import OfferInput
from services.offers.domain.linter import Report
from services.offers.domain.offer import Offer
from services.offers.domain.proposals import Answer, Proposal, ProposalState, answered, proposals, stated, taken
from services.offers.domain.spoken_asked import Value
from shared.errors import FieldError, NotFound, Refused, StateConflict, refused_field
from shared.http import Expected, check_version
from shared.refusals import field_errors
from shared.store import encode


class AlreadyStated(StateConflict):
    """The offer says something of it already."""

    code = "already-stated"


def _asked(context: Context, offer: Offer, proposal_id: str) -> Proposal:
    every = proposals(offer.id, offer.content, offer.answers, context.occupations)
    found = next((one for one in every if one.id == proposal_id), None)
    if found is None:
        raise NotFound(
            "Le texte de cette offre ne pose pas (ou plus) cette question : relisez la liste.",
            id=proposal_id,
        )
    return found


async def accept(
    context: Context,
    offer: Offer,
    company: Company | None,
    by: Actor,
    proposal_id: str,
    value: Value | None,
    expected: Expected,
) -> Report:
    """Set the field, by the command that changes an offer and with all that it asks. ``value``: where the text names none.

    Raises:
        NotFound: the text as it is now does not ask this.
        AlreadyStated: the field was stated otherwise since.
        Refused: no value, another one than the sentence says, or one that breaks a rule of the fields.
    """
    check_version(expected, offer.version)
    asked = _asked(context, offer, proposal_id)
    if asked.state is ProposalState.ACCEPTED:
        return checking.lint_content(context, offer.content)
    if stated(offer.content, asked.field, asked.value):
        raise AlreadyStated("L'offre le précise déjà : modifiez ce champ.", field=asked.field, allowed=[])
    if asked.value is None and value is None:
        raise refused_field(Refused, "value", "required", "Le texte ne dit pas combien ou lequel : donnez la valeur.")
    if asked.value is not None and value is not None and value != asked.value:
        raise refused_field(
            Refused, "value", "not_proposed", "La phrase dit autre chose : modifiez le champ de l'offre lui-même."
        )
    chosen = asked.value if asked.value is not None else value
    assert chosen is not None  # one of the two was there
    try:
        given = OfferInput.model_validate(taken(offer.content, asked.field, chosen, asked.label))
    except ValidationError as error:
        raise Refused("Cette valeur ne va pas avec l'offre.", errors=_of_value(error, asked)) from None
    # As the field took it: «12» is 12.
    kept = asked.value if asked.value is not None else encode(getattr(given, asked.field))
    answer = Answer(
        proposal_id=asked.id, field=asked.field, value=kept, label=asked.label, accepted=True, at=context.clock.now()
    )
    offer.answers = answered(offer.answers, answer)
    return await commands.change(context, offer, company, given, by, expected)


def _of_value(error: ValidationError, asked: Proposal) -> list[FieldError]:
    """What is wrong with the field stands in the value that the caller wrote."""
    head = asked.field.partition(".")[0]
    return [replace(one, field="value") if one.field.partition(".")[0] == head else one for one in field_errors(error)]


async def dismiss(context: Context, offer_id: str, by: Actor, proposal_id: str) -> Offer:
    """The sentence means something else: it is asked no more. Twice is once.

    Raises:
        NotFound: the text as it is now does not ask this.
        AlreadyStated: it was accepted; who takes that back changes the field.
    """
    now = context.clock.now()

    def decide(offer: Offer, _: Company | None) -> None:
        asked = _asked(context, offer, proposal_id)
        if asked.state is ProposalState.ACCEPTED:
            raise AlreadyStated("Cette proposition a été acceptée : modifiez le champ.", field=asked.field, allowed=[])
        if asked.state is ProposalState.OPEN:
            answer = Answer(proposal_id=asked.id, field=asked.field, value=asked.value, accepted=False, at=now)
            offer.dismiss(answer, by, now)

    return await commands.act(context, offer_id, decide)
