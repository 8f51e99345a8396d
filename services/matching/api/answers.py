"""What an answer that somebody is about to give would bring: asked while they are filling in their profile."""

import asyncio
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from services.matching.access import profile_for
from services.matching.api.french import answer_sentence
from services.matching.context import Ctx
from services.matching.domain.counterfactuals import SAID_OF, Answer, brought
from services.matching.domain.facts import MAX_WISHES
from services.matching.domain.geometry import Position, position
from services.matching.domain.occupations import Affinities
from services.matching.engine.facts_stored import profile_from
from services.matching.queries import explaining
from services.matching.queries.turns import off_the_loop
from shared.contracts.events.base import OccupationCode
from shared.errors import FieldError, Refused, refused, refused_field
from shared.geo import coarse
from shared.http import BoundedRoute, Caller, resource
from shared.reference.communes import Communes

router = resource("/v1", "explanations", route_class=BoundedRoute)


class AnswerRefused(Refused):
    """Nothing is asked, or of a commune or occupation that nobody knows."""

    code = "answer-refused"


class Brings(BaseModel):
    """Offers with the answer. A count that ``more`` names is not counted further."""

    profile_id: str
    possible: int = Field(le=SAID_OF, description="Offers that the person could have with it")
    added: int = Field(le=SAID_OF, description="Of these, those that they cannot have today")
    more: list[str] = Field(description="Which of the two counts is in truth higher: it stands at its most")
    text: str = Field(description="In French, to be shown or read out")


@router.get(
    "/profiles/{profile_id}/counterfactuals/answer",
    summary="How many offers an answer would bring: a commune, a range, an occupation",
)
async def what_an_answer_brings(
    profile_id: str,
    context: Ctx,
    principal: Caller,
    commune: Annotated[str | None, Query(max_length=5, description="INSEE code of the home")] = None,
    range_km: Annotated[float | None, Query(gt=0, le=300, description="The farthest that all their means go")] = None,
    occupation: Annotated[
        list[OccupationCode] | None, Query(max_length=MAX_WISHES, description="ROME codes beside those already said")
    ] = None,
) -> Brings:
    """A count over open offers by the rules of recommendations; nothing is kept of what is asked."""
    person, _ = await profile_for(context.store, principal, profile_id)
    facts, configuration = profile_from(person["facts"]), await context.configuration()
    affinities = context.referential.under(configuration)
    if commune is None and range_km is None and not occupation:
        message = "Donnez une commune, une distance ou un métier."
        raise refused_field(AnswerRefused, "query.commune", "required", message)
    home = None if commune is None else await _home(commune)
    answered = Answer(home, range_km, _known(occupation or [], affinities)).given_by(facts)
    offers = await explaining.offers_around(context, answered, affinities)
    found = await off_the_loop(brought, facts, answered, offers, configuration, affinities, context.today())
    counts = {"possible": found.possible, "added": found.added}
    return Brings(
        profile_id=profile_id,
        possible=min(found.possible, SAID_OF),
        added=min(found.added, SAID_OF),
        more=[name for name, count in counts.items() if count > SAID_OF],
        text=answer_sentence(found.possible, found.added),
    )


async def _home(code: str) -> Position:
    # Read when it is first asked: the engine's own work needs no table of communes.
    found = (await asyncio.to_thread(Communes.load)).get(code)
    if found is None:
        raise refused_field(AnswerRefused, "query.commune", "unknown-commune", "Aucune commune n'a ce code.")
    # As profiles tells homes: an answer is counted from the point that matching would hear.
    return position(*coarse(found.lat, found.lon))


def _known(codes: list[str], affinities: Affinities) -> tuple[str, ...]:
    errors = [
        FieldError(f"query.occupation.{at}", "unknown-occupation", "Aucun métier n'a ce code.")
        for at, code in enumerate(codes)
        if code not in affinities.standings
    ]
    if errors:
        raise refused(AnswerRefused, errors)
    return tuple(codes)
