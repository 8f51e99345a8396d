"""CV Catcher: what a CV that was sent proposes for the profile, and the person's word on it."""

import asyncio
import math
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Body
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.api import examples
from services.profiles.api.profiles import answer
from services.profiles.api.views import ProfileView
from services.profiles.commands import cv_files
from services.profiles.commands.cv_catching import Confirmed, confirm
from services.profiles.context import Ctx
from services.profiles.cv.catching import Catch, catch
from services.profiles.domain.details import ProfileDetails, SkillCode, Wish
from shared import civil
from shared.contracts.vocabulary import Licence
from shared.domain import Entity
from shared.http import Caller, Located, resource
from shared.types import Distinct

router = resource("/v1/profiles/{profile_id}/cv/proposals", "cv")


class ProposedOccupation(BaseModel):
    """An occupation that a line of the CV seems to name."""

    code: str
    label: str
    belief: float = Field(description="0 to 1: of ten proposals with 0.7 about seven are right")
    experience_months: int = Field(description="As the years on the lines add up; 0: they do not say")
    words: str = Field(description="The words that it comes from")


class ProposedSkill(BaseModel):
    """A skill that a line says, or that belongs to an occupation found."""

    code: str
    label: str
    words: str | None = Field(description="The line that says it; null: it is usual in the occupation")
    occupation: str = Field(description="ROME code of the occupation that it belongs to")


class ProposedPlace(BaseModel):
    """A commune in an address."""

    commune_code: str
    commune_name: str
    words: str


class Proposals(BaseModel):
    """Nothing of it is in the profile before somebody confirms it."""

    readable: bool = Field(description="Whether the file has words; a scanned picture has none")
    occupations: list[ProposedOccupation]
    skills: list[ProposedSkill]
    places: list[ProposedPlace]
    licences: list[Licence]
    offers_query: str | None = Field(
        description="For `GET /v1/offers?…` of offers, as it stands: the offers of what was found, near where the person said "
        "they live, else near what the CV names, as far as they said they travel; null: no occupation was found"
    )

    @classmethod
    def of(cls, found: Catch, details: ProfileDetails, home: str | None, *, readable: bool) -> "Proposals":
        return cls(
            readable=readable,
            occupations=[
                ProposedOccupation(
                    code=one.code, label=one.label, belief=one.belief, experience_months=one.months, words=one.words
                )
                for one in found.occupations
            ],
            skills=[
                ProposedSkill(code=one.code, label=one.label, words=one.words or None, occupation=one.occupation)
                for one in found.skills
            ],
            places=[
                ProposedPlace(commune_code=one.code, commune_name=one.name, words=one.words) for one in found.places
            ],
            licences=list(found.licences),
            offers_query=_query(found, details, home),
        )


class Confirmation(Entity):
    """What of the proposals is right; it is added to the profile, nothing is taken away."""

    occupations: Annotated[tuple[Wish, ...], Distinct(20)] = ()
    skills: Annotated[tuple[SkillCode, ...], Distinct(100)] = ()
    licences: Annotated[tuple[Licence, ...], Distinct(len(Licence))] = ()
    commune_code: str | None = Field(default=None, max_length=5, description="Becomes the home")


_OCCUPATIONS_ASKED, _OFFERS_ASKED = 3, 10
_MOST_KM = 200
"""The widest circle that the search of offers takes."""


def _query(found: Catch, details: ProfileDetails, home: str | None) -> str | None:
    """The search is offers' own, public and cheap, so the front asks it without a token: profiles holds no copy of offers and
    waits for no other service, and offers learns of nobody's CV. A commune goes with it, never a point: a link is shared.
    """
    if not found.occupations:
        return None
    # An address in a CV is an employer's or an old one as often as not: what the person said comes first.
    place = home or (found.places[0].code if found.places else None)
    asked: list[tuple[str, str | int]] = [("occupation", one.code) for one in found.occupations[:_OCCUPATIONS_ASKED]]
    if place is not None:
        asked.append(("commune", place))
        furthest = max((one.range_km for one in details.travel), default=None)
        if furthest is not None:
            asked.append(("radius_km", min(math.ceil(furthest), _MOST_KM)))
    return urlencode([*asked, ("limit", _OFFERS_ASKED)])


@router.get("", summary="What the CV that was sent proposes: occupations, skills, places, licences")
async def read_cv_proposals(profile_id: str, caller: Caller, context: Ctx) -> Proposals:
    """Read from the file's words, with the words beside each. The profile does not change."""
    profile, _ = await access.load(context.store, caller, profile_id)
    file = await cv_files.described(context, caller, profile_id)
    name = f"{profile.details.first_name} {profile.details.last_name}"
    today = civil.today(profile.territory, context.clock.now())
    # The index of titles takes a second when it is first asked, and some hundred lines a tenth of one.
    found = await asyncio.to_thread(catch, file.text, name, context.occupations, context.communes, today)
    home = profile.home.commune_code if profile.home else None
    return Proposals.of(found, profile.details, home, readable=bool(file.text.strip()))


@router.post("/confirmation", summary="Add to the profile what the person says is right")
async def confirm_cv_proposals(
    profile_id: str,
    body: Annotated[Confirmation, Body(openapi_examples=examples.CONFIRMATION)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ProfileView:
    said = Confirmed(body.occupations, body.skills, body.licences, body.commune_code)
    profile = await confirm(context, caller, profile_id, said)
    return await answer(context, located, profile)
