"""Whose turn it is in an application, and what comes next: what a counsellor's list is worked through by."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.offers.domain.application import Application
from services.offers.domain.interview import InterviewStatus
from shared import civil
from shared.contracts.vocabulary import ApplicationStatus as S


class Turn(StrEnum):
    """Who has to do something."""

    PERSON = "person"
    EMPLOYER = "employer"
    COUNSELLOR = "counsellor"
    NOBODY = "nobody"


class NextStep(StrEnum):
    """What it is; front-ends have their own words, ``WORDS`` ours."""

    ANSWER_INVITATION = "answer_invitation"
    ANSWER_APPLICATION = "answer_application"
    FIX_INTERVIEW = "fix_interview"
    CONFIRM_INTERVIEW = "confirm_interview"
    CHANGE_INTERVIEW = "change_interview"
    GO_TO_INTERVIEW = "go_to_interview"
    DECIDE = "decide"
    ACCEPT_PROPOSAL = "accept_proposal"
    RECORD_HIRE = "record_hire"
    CONFIRM_HIRE = "confirm_hire"
    TAKE_UP_AGAIN = "take_up_again"
    CALL_EMPLOYER = "call_employer"
    FOLLOW_UP = "follow_up"
    NOTHING = "nothing"


WORDS = {
    NextStep.ANSWER_INVITATION: "Répondre à l'invitation de l'employeur",
    NextStep.ANSWER_APPLICATION: "Répondre à la candidature",
    NextStep.FIX_INTERVIEW: "Fixer un entretien",
    NextStep.CONFIRM_INTERVIEW: "Confirmer l'entretien",
    NextStep.CHANGE_INTERVIEW: "Proposer une autre heure d'entretien",
    NextStep.GO_TO_INTERVIEW: "Aller à l'entretien",
    NextStep.DECIDE: "Décider après l'entretien",
    NextStep.ACCEPT_PROPOSAL: "Répondre à la proposition",
    NextStep.RECORD_HIRE: "Déclarer l'embauche",
    NextStep.CONFIRM_HIRE: "Confirmer l'embauche",
    NextStep.TAKE_UP_AGAIN: "Reprendre la candidature reportée",
    NextStep.CALL_EMPLOYER: "Appeler l'employeur, qui n'a pas répondu",
    NextStep.FOLLOW_UP: "Demander si la personne est toujours en poste",
    NextStep.NOTHING: "Rien à faire",
}


@dataclass(frozen=True)
class Next:
    """Who, and what."""

    turn: Turn
    step: NextStep


_BY_STATUS = {
    S.INVITED: Next(Turn.PERSON, NextStep.ANSWER_INVITATION),
    S.SUBMITTED: Next(Turn.EMPLOYER, NextStep.ANSWER_APPLICATION),
    S.SEEN: Next(Turn.EMPLOYER, NextStep.ANSWER_APPLICATION),
    S.POSTPONED: Next(Turn.EMPLOYER, NextStep.TAKE_UP_AGAIN),
    S.NO_ANSWER: Next(Turn.COUNSELLOR, NextStep.CALL_EMPLOYER),
}
_NOTHING = Next(Turn.NOBODY, NextStep.NOTHING)


def next_of(application: Application, now: datetime) -> Next:
    """What comes next, by the state and by what is fixed in it."""
    if application.status is S.INTERVIEW:
        return _of_interview(application, now)
    if application.status is S.PROPOSED:
        if application.hire_proposal is not None:
            return Next(Turn.EMPLOYER, NextStep.CONFIRM_HIRE)
        if application.accepted_at is None:
            return Next(Turn.PERSON, NextStep.ACCEPT_PROPOSAL)
        return Next(Turn.EMPLOYER, NextStep.RECORD_HIRE)
    if application.status is S.HIRED:
        today = civil.today(application.territory, now)
        due = any(one.due_on <= today and one.still_there is None for one in application.follow_ups)
        return Next(Turn.COUNSELLOR, NextStep.FOLLOW_UP) if due else _NOTHING
    return _BY_STATUS.get(application.status, _NOTHING)


def _of_interview(application: Application, now: datetime) -> Next:
    coming = application.interview_to_come(now)
    if coming is None:
        last = application.interviews[-1] if application.interviews else None
        held = last is not None and last.at is not None and last.status is not InterviewStatus.CANCELLED
        return Next(Turn.EMPLOYER, NextStep.DECIDE if held else NextStep.FIX_INTERVIEW)
    if coming.status is InterviewStatus.OTHER_TIME:
        return Next(Turn.EMPLOYER, NextStep.CHANGE_INTERVIEW)
    if coming.status is InterviewStatus.CONFIRMED:
        return Next(Turn.PERSON, NextStep.GO_TO_INTERVIEW)
    return Next(Turn.PERSON, NextStep.CONFIRM_INTERVIEW)
