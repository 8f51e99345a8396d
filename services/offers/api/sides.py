"""An application as each side reads it."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.offers.domain.actors import Actor, Party
from services.offers.domain.application import Application, Step
from services.offers.domain.application_rules import EMPLOYERS_SIDE, NEXT, SEEKERS_STEPS, WHO
from services.offers.domain.hire import FollowUp, HireProposal, HireTerms
from services.offers.domain.interview import Feedback, Interview
from shared.contracts.vocabulary import ApplicationOrigin, ApplicationStatus
from shared.http import Version, because_shown
from shared.types import STORED

PLATFORM = "platform"


class ApplicationView(BaseModel):
    """An application as both sides see it; never a status of the person."""

    id: str
    version: Version
    offer_id: str
    offer_title: str
    company_id: str
    profile_id: str
    territory: str
    origin: ApplicationOrigin
    status: ApplicationStatus
    message: str = Field(
        description="The person's; empty to an employer who is suspended, or once the application shows nothing more of them"
    )
    disclosure_id: str | None = Field(
        description="What the person shows of themselves, as who applied says: `GET /v1/disclosures/{id}` of profiles, where "
        "one that is nobody's or was taken back is 404; null: nothing"
    )
    acted_by: str | None = Field(
        description="Counsellor who applied on the person's behalf; always null to an employer"
    )
    on_behalf_of: str | None = Field(description="Profile for which `acted_by` acted")
    submitted_at: datetime
    answered_at: datetime | None = Field(description="When the first answer came; null: none yet")
    closed_at: datetime | None = Field(description="When it ended; null: it goes on")
    refusal_reason: str | None
    postponed_until: date | None
    interviews: tuple[Interview, ...] = Field(
        description="In the order that they were proposed; `at` is null while no day is said"
    )
    feedback: tuple[Feedback, ...]
    accepted_at: datetime | None = Field(description="When the person accepted what the employer proposed")
    obsolete_others: bool = Field(description="The person said that an acceptance ends their other applications")
    hire: HireTerms | None
    hire_proposal: HireProposal | None = Field(description="A hire that the employer has not confirmed yet")
    follow_ups: tuple[FollowUp, ...]
    history: tuple[Step, ...]
    next_steps: list[ApplicationStatus] = Field(description="Steps that the caller may take now")

    @classmethod
    def of(cls, application: Application, by: Actor) -> "ApplicationView":
        """For the caller's side."""
        steps = sorted(step for step in NEXT[application.status] if by.party in WHO[step])
        fields = {name: getattr(application, name) for name in cls.model_fields if name != "next_steps"}
        if by.party is Party.EMPLOYER:
            fields |= _for_employer(application)
        if not application.shows_words_to(by):
            unsaid = tuple(one.without_wish() for one in application.interviews)
            fields |= {"message": "", "interviews": unsaid}
        elif by.party is Party.EMPLOYER:
            because_shown(application.id)
        return cls.model_validate({"next_steps": steps, **fields}, context=STORED)


def _for_employer(application: Application) -> dict[str, Any]:
    """What an employer reads otherwise: whether a counsellor stands behind somebody says something about them.

    A step on the seeker's side reads alike whoever took it (the account of a seeker would give away by its absence that
    another acted), and one that staff took on the employer's side alike whichever staff it was.
    """
    proposal = application.hire_proposal
    return {
        "version": application.seen_version,
        "origin": application.origin if application.origin is ApplicationOrigin.EMPLOYER else ApplicationOrigin.SEEKER,
        "acted_by": None,
        "on_behalf_of": None,
        "follow_ups": (),
        "feedback": tuple(
            one if one.party is Party.EMPLOYER else one.model_copy(update={"by": PLATFORM})
            for one in application.feedback
            if one.party in EMPLOYERS_SIDE
        ),
        "hire_proposal": proposal.model_copy(update={"by": PLATFORM}) if proposal else None,
        "history": tuple(_step(step) for step in application.history),
    }


def _step(step: Step) -> Step:
    if step.status in SEEKERS_STEPS:
        return step.model_copy(update={"by": Party.SEEKER.value, "party": Party.SEEKER})
    if step.party in (Party.EMPLOYER, Party.SYSTEM):
        return step
    return step.model_copy(update={"by": PLATFORM, "party": Party.MANAGER})
