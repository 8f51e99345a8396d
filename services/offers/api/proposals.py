"""What the text of an offer says and its fields do not: the employer accepts or dismisses it, sentence by sentence."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Body, Response
from pydantic import BaseModel, Field

from services.offers.api.offers import owned
from services.offers.api.views import OfferOwnView
from services.offers.commands import proposals as commands
from services.offers.context import Ctx
from services.offers.domain.life import COMMANDS
from services.offers.domain.offer import Offer
from services.offers.domain.proposals import Proposal, ProposalState, ProposedField, proposals
from shared.domain import Entity
from shared.http import COSTLY, Caller, IfMatch, Version, resource
from shared.reference.occupations import Occupations
from shared.types import Line

router = resource("/v1/offers/{offer_id}/proposals", "offers")


class ProposalView(BaseModel):
    """A question that a sentence of the text asks."""

    id: str = Field(description="The same as long as the sentence says the same")
    field: ProposedField = Field(description="The field of the offer; `declared_schedule.night` is one of an object")
    value: bool | int | float | str | None = Field(
        description="What it would hold (one more of `licences`, `cards`, `caces`; months; a day; of `salary` the pay as it is "
        "written, «2 300 € brut par mois»); null: the text does not say how much or which"
    )
    question: str
    words: str
    sentence: str = Field(description="As it is written, 400 characters at most")
    said_in: Literal["title", "description"]
    state: ProposalState
    answered_at: datetime | None

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalView":
        return cls.model_validate(proposal, from_attributes=True)


class ProposalsView(BaseModel):
    """Read from the text as it is now, at most fifty. ``version``: of the offer, for If-Match."""

    offer_id: str
    version: Version
    items: list[ProposalView]

    @classmethod
    def of(cls, offer: Offer, occupations: Occupations) -> "ProposalsView":
        """Nothing more is asked of an offer that is over."""
        over = "revise" not in COMMANDS[offer.status]
        found = proposals(offer.id, offer.content, offer.answers, occupations)
        return cls(
            offer_id=offer.id,
            version=offer.version,
            items=[ProposalView.of(one) for one in found if not (over and one.state is ProposalState.OPEN)],
        )


_SIZE = Field(ge=0, le=1_000_000)


class AcceptInput(Entity):
    """Needed where the proposal has no value (part time without hours, experience without a length, a day without its year)."""

    value: bool | Annotated[int, _SIZE] | Annotated[float, _SIZE] | Annotated[str, Line(60)] | None = None


@router.get("", summary="What the text says and the fields do not", openapi_extra=COSTLY)
async def list_proposals(offer_id: str, context: Ctx, principal: Caller) -> ProposalsView:
    """For the employer and managers. Until it is accepted, nothing of it is taken as known, by matching either."""
    offer, _, _ = await owned(context, principal, offer_id)
    return ProposalsView.of(offer, context.occupations)


@router.post("/{proposal_id}/accept", summary="The sentence is right: state it", openapi_extra=COSTLY)
async def accept_proposal(
    offer_id: str,
    proposal_id: str,
    context: Ctx,
    principal: Caller,
    expected: IfMatch,
    body: Annotated[
        AcceptInput | None,
        Body(
            openapi_examples={
                "part_time": {"summary": "Where the text gives no hours", "value": {"value": 24}},
                "start": {"summary": "Where the text gives a day and no year", "value": {"value": "2027-06-15"}},
            }
        ),
    ] = None,
) -> OfferOwnView:
    """The same as changing the field: needs If-Match, is read by the linter, refused for an offer that is over."""
    offer, by, company = await owned(context, principal, offer_id)
    value = None if body is None else body.value
    report = await commands.accept(context, offer, company, by, proposal_id, value, expected)
    return OfferOwnView.own(offer, report)


@router.post("/{proposal_id}/dismiss", summary="The sentence means something else", openapi_extra=COSTLY)
async def dismiss_proposal(
    offer_id: str, proposal_id: str, context: Ctx, principal: Caller, response: Response
) -> ProposalsView:
    """Remembered for this sentence; another one that says the same is asked after again."""
    _, by, _ = await owned(context, principal, offer_id)
    offer = await commands.dismiss(context, offer_id, by, proposal_id)
    return ProposalsView.of(offer, context.occupations)
