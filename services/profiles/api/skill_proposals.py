"""Skills proposed from the work that somebody did; the usual ``PATCH`` takes those that they say are theirs."""

from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.context import Ctx
from services.profiles.domain.skill_proposals import MOST_NEAR, MOST_PRACTISED, Origin, SkillProposal, proposals
from shared.http import BoundedRoute, Caller, resource
from shared.reference.occupations import Occupation

router = resource("/v1/profiles/{profile_id}/skill-proposals", "profiles", route_class=BoundedRoute)


class NamedOccupation(BaseModel):
    """An occupation of the referential."""

    code: str
    label: str

    @classmethod
    def of(cls, occupation: Occupation) -> "NamedOccupation":
        return cls(code=occupation.code, label=occupation.label)


class SkillProposalView(BaseModel):
    """A skill to ask about."""

    code: str = Field(description="For `skills` of `PATCH /v1/profiles/{id}`")
    label: str
    origin: Origin = Field(
        description="`practised`: an occupation with experience asks it; `near`: several to which one moves from there do"
    )
    occupation: NamedOccupation = Field(description="The practised occupation that it comes from")
    also_in: list[NamedOccupation] = Field(description="The nearest moves from it that ask the skill, three at most")

    @classmethod
    def of(cls, one: SkillProposal) -> "SkillProposalView":
        return cls(
            code=one.code,
            label=one.label,
            origin=one.origin,
            occupation=NamedOccupation.of(one.occupation),
            also_in=[NamedOccupation.of(occupation) for occupation in one.also_in],
        )


class SkillProposals(BaseModel):
    """Nothing of it is in the profile before the person says so."""

    held: tuple[str, ...] = Field(
        description="Skills of the profile: `PATCH` replaces them, so they go with those accepted"
    )
    proposals: list[SkillProposalView] = Field(max_length=MOST_PRACTISED + MOST_NEAR)


@router.get(
    "", summary="Skills that the occupations somebody practised propose, and those to which one moves from them"
)
async def propose_skills(profile_id: str, caller: Caller, context: Ctx) -> SkillProposals:
    """Of occupations with experience and what the referential says of them; the profile does not change."""
    profile, _ = await access.load(context.store, caller, profile_id)
    details = profile.details
    found = proposals(details.occupations, details.skills, context.occupations)
    return SkillProposals(held=details.skills, proposals=[SkillProposalView.of(one) for one in found])
