"""How near an offer's occupation is to a person's, from what the referential knows of the two: never from a letter alone."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from services.matching.domain.scale import SCALE


class Evidence(NamedTuple):
    """What a referential says of moving from one occupation to another. Ranks from 1, 0 for none; shares in basis points."""

    rank: int = 0
    """Of the move among those of the person's occupation."""
    close: bool = False
    evolution: bool = False
    back: int = 0
    """Rank of the opposite move."""
    family: bool = False
    """ROME 4 split them off from one occupation of ROME 3, or one from the other."""
    branch: bool = False
    """The first three characters of the codes are the same."""
    skills: int = 0
    """Common skills among those of both, each weighted by how rare it is."""
    above: bool = False
    """The offer's is managerial («cadre») and the person's is not."""
    below: bool = False
    """The other way round."""
    crowd: int = 0
    """How many times over more occupations can move to the offer's than is usual: «formateur» is open to 423 of them."""
    kin: bool = False
    """Both are simple work of one kind, between which recruiters make no difference."""
    simple: bool = False
    """The offer's is open to anybody, the person's is a trade and none of the same family: a pastry cook leaves no trade
    as «commis», a butcher does who fills shelves."""
    steps: int = 0
    """Levels of the lowest diploma of the offer's above the person's; below zero: under it."""


class Nearness(BaseModel):
    """How much each piece of evidence counts, in basis points of affinity. They add up, ``most`` at most.

    Set by reading the neighbours of some forty occupations of the official ROME 4.60: what a counsellor would pass on stands
    above ``minimum_affinity``, a fork-lift driver's «grutier» (rank 9, no common skill) below.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    move: int = Field(default=5_500, ge=0, le=SCALE, description="Move of the first rank from the person's occupation")
    move_step: int = Field(default=350, ge=0, le=SCALE, description="Less for each rank after the first")
    close: int = Field(default=500, ge=0, le=SCALE, description="More where the referential calls the move close")
    evolution: int = Field(default=2_000, ge=0, le=SCALE, description="Less where it calls it an evolution")
    back: int = Field(
        default=1_000, ge=0, le=SCALE, description="The opposite move is known, among the first three; later ones half"
    )
    family: int = Field(default=2_500, ge=0, le=SCALE, description="Split off from one older occupation")
    branch: int = Field(default=1_200, ge=0, le=SCALE, description="Same professional domain (three characters)")
    skills: int = Field(default=3_500, ge=0, le=SCALE, description="Common skills, in full")
    skills_full: int = Field(default=3_000, ge=1, le=SCALE, description="Share of common skills that counts in full")
    above: int = Field(
        default=1_500, ge=0, le=SCALE, description="Less for a managerial offer when the person's is none"
    )
    below: int = Field(default=800, ge=0, le=SCALE, description="Less the other way round")
    crowd: int = Field(
        default=600, ge=0, le=SCALE, description="Less for each doubling of how many can move to the offer's occupation"
    )
    kin: int = Field(default=4_500, ge=0, le=SCALE, description="Simple work of one kind")
    simple: int = Field(default=2_000, ge=0, le=SCALE, description="Less for simple work to who has a trade")
    step_up: int = Field(default=1_200, ge=0, le=SCALE, description="Less for each level of diploma above")
    step_down: int = Field(default=300, ge=0, le=SCALE, description="Less for each level of diploma below")
    most: int = Field(default=9_200, ge=1, le=SCALE, description="Another occupation is never as near as one's own")
    least: int = Field(
        default=2_000, ge=1, le=SCALE, description="Below, two occupations have nothing to do with each other"
    )
    trace: int = Field(
        default=500,
        ge=1,
        le=SCALE,
        description="What is left where the referential has a move, a family, a domain or simple work of one kind all the same: "
        "no recommendation, but «pour élargir» may show it",
    )

    everybody: int = Field(
        default=4,
        ge=1,
        le=16,
        description="From so many doublings on a move says nothing by itself: to «formateur» one comes from everywhere, to teach "
        "one's own trade",
    )

    def points(self, evidence: Evidence) -> int:
        """Affinity in basis points; 0 for what is below ``least`` and has no place in common either."""
        found = 0
        if evidence.rank:
            found += max(0, self.move - self.move_step * (evidence.rank - 1))
            found += self.close * evidence.close - self.evolution * evidence.evolution - self.crowd * evidence.crowd
        if evidence.back:
            found += self.back if evidence.back <= 3 else self.back // 2
        found += self.family * evidence.family + self.branch * evidence.branch
        found += self.skills * min(evidence.skills, self.skills_full) // self.skills_full
        found += self.kin * evidence.kin - self.simple * evidence.simple
        found -= self.above * evidence.above + self.below * evidence.below
        found -= self.step_up * max(0, evidence.steps) + self.step_down * max(0, -evidence.steps)
        moves = evidence.rank and evidence.crowd < self.everybody
        known = moves or evidence.family or evidence.branch or evidence.kin
        if found >= self.least and (known or evidence.back or evidence.skills):
            return min(found, self.most)
        return max(found, self.trace) if known else 0
