"""What is missing in a profile, as small steps to be asked one after the other."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.context import Ctx
from services.profiles.domain.steps import StepState, next_of, steps_of
from services.profiles.store import location
from shared.http import BoundedRoute, Caller, resource
from shared.types import Identifier

router = resource("/v1/profiles/{profile_id}/steps", "profiles", route_class=BoundedRoute)


class StepView(BaseModel):
    """One question."""

    id: str
    state: StepState
    question: str = Field(description="In French, to be shown or read out")
    why: str = Field(description="What the answer is for")
    fields: tuple[str, ...] = Field(description="Fields of `PATCH /v1/profiles/{id}` that answer it")
    values: dict[str, tuple[str, ...]] = Field(description="What may be answered, by field, where answers are counted")
    helps_matching: bool = Field(description="Whether offers are compared with it")
    brings: str | None = Field(
        description="Where matching counts the offers that an answer would bring: a path, or a URI template (RFC 6570) that "
        "takes the answer's `code`, `commune_code` or `range_km` (the farthest of all means); null: nothing to count"
    )


class StepsView(BaseModel):
    """All of them, and which one is next."""

    steps: list[StepView]
    done: int
    of: int
    next: str | None = Field(description="Id of the step to ask now; null: nothing is left")
    gain: str = Field(description="Where matching counts how many offers a change would add (`changes`)")


_OF_THE_PERSON = ("state", "brings")
"""What a step's view says beside the question, which is the same for everybody."""


@router.get("", summary="Guided entry: what is said, what is missing, what to ask next")
async def read_steps(
    profile_id: str,
    caller: Caller,
    context: Ctx,
    skipped: Annotated[
        list[Identifier] | None, Query(max_length=20, description="Steps to pass over this time; nothing keeps them")
    ] = None,
) -> StepsView:
    """Each step is answered by one small `PATCH`, also by a counsellor on the phone. None is obligatory."""
    profile, _ = await access.load(context.store, caller, profile_id)
    found = steps_of(profile, skipped or ())
    return StepsView(
        steps=[
            StepView(
                state=one.state,
                brings=one.asked.counted_by and f"{location(profile.id)}/{one.asked.counted_by}",
                **{name: getattr(one.asked, name) for name in StepView.model_fields if name not in _OF_THE_PERSON},
            )
            for one in found
        ],
        done=sum(one.state is StepState.DONE for one in found),
        of=len(found),
        next=next_of(found),
        gain=f"{location(profile.id)}/counterfactuals",
    )
