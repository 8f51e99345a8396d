"""What the text of an offer says and its fields do not, as questions that the employer answers one by one.

Nothing is kept of an open question: it is read from the text as it is now, so that another text asks others. An answer is
kept with the sentence that it was given to. An accepted one is the employer's word: a feed that says nothing of the field
does not undo it, one that states the field wins.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import ValidationError

from services.offers.domain.content import OfferContent, Pay, as_input, contract_errors
from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_clauses import Sentence, sentences
from services.offers.domain.proposed_occupation import proposed_occupations
from services.offers.domain.proposed_pay import pay_said
from services.offers.domain.schedule import DeclaredSchedule
from services.offers.domain.spoken import Fields, Spoken, facts
from services.offers.domain.spoken_asked import Value
from shared.contracts.events.offers import Salary
from shared.contracts.vocabulary import Card, ContractKind
from shared.domain import Entity
from shared.ids import derived_id
from shared.kept_enum import StoredEnum
from shared.reference.caces_said import caces_in
from shared.reference.occupations import Occupations
from shared.reference.text import unaccented
from shared.types import STORED

MOST = 50
"""Questions about one offer: a text that repeats itself a thousand times asks no more."""
MOST_DISMISSED = 200
"""Remembered of one offer; the oldest are forgotten."""
LONGEST = 400
"""Characters of a sentence that is shown."""


class ProposedField(StoredEnum):
    """A field of the offer that a text may speak of."""

    OCCUPATION = "occupation_code"
    EARLY = "declared_schedule.early"
    LATE = "declared_schedule.late"
    NIGHT = "declared_schedule.night"
    WEEKEND = "declared_schedule.weekend"
    WEEKLY_HOURS = "weekly_hours"
    LICENCES = "licences"
    CARDS = "cards"
    CACES = "caces"
    ONE_CACES = "caces_one_is_enough"
    CONTRACT_KIND = "contract_kind"
    EXPERIENCE = "experience_months"
    QUALIFICATION = "qualification_level"
    EITHER = "diploma_or_experience"
    VEHICLE = "vehicle_required"
    DURATION = "duration_months"
    STARTS_ON = "starts_on"
    PAY = "salary"

    @property
    def flag(self) -> str | None:
        """The flag of the schedule that it is, if it is one."""
        head, _, flag = self.value.partition(".")
        return flag if head == "declared_schedule" else None


_FIELDS = {
    "text_says_early": ProposedField.EARLY,
    "text_says_late": ProposedField.LATE,
    "text_says_night": ProposedField.NIGHT,
    "text_says_weekend": ProposedField.WEEKEND,
    "text_says_hours": ProposedField.WEEKLY_HOURS,
    "text_says_part_time": ProposedField.WEEKLY_HOURS,
    "text_says_licence": ProposedField.LICENCES,
    "text_says_caces": ProposedField.CACES,
    "text_says_one_caces": ProposedField.ONE_CACES,
    "text_says_contract": ProposedField.CONTRACT_KIND,
    "text_says_experience": ProposedField.EXPERIENCE,
    "text_says_diploma": ProposedField.QUALIFICATION,
    "text_says_either": ProposedField.EITHER,
    "text_says_vehicle": ProposedField.VEHICLE,
    "text_says_duration": ProposedField.DURATION,
    "text_says_start": ProposedField.STARTS_ON,
    "text_says_pay": ProposedField.PAY,
}
# With fields that say nothing every fact of a text is found.
_NOTHING_STATED = Fields(None, None, None, (), ContractKind.OTHER)


class ProposalState(StrEnum):
    """Whether the question was answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Answer(Entity):
    """What somebody on the employer's side said to one sentence; who, the offer's history tells. ``label``: of an occupation."""

    proposal_id: str
    field: ProposedField
    value: bool | int | float | str | None
    label: str | None = None
    accepted: bool
    at: datetime


@dataclass(frozen=True)
class Proposal:
    """A question. ``value``: what the field would hold, None where the text does not say how much or which."""

    id: str
    field: ProposedField
    value: Value | None
    question: str
    words: str
    sentence: str
    said_in: str
    state: ProposalState
    answered_at: datetime | None = None
    label: str | None = None


class _Asked(NamedTuple):
    """``plain``: the sentence without what makes no other one, blanks and capitals."""

    field: ProposedField
    value: Value | None
    question: str
    words: str
    sentence: str
    plain: str
    said_in: str
    label: str | None = None


def proposals(
    offer_id: str, content: OfferContent, answers: Iterable[Answer], occupations: Occupations
) -> list[Proposal]:
    """The questions that the text asks now, open or answered. A field that is stated otherwise is not asked after."""
    given = {answer.proposal_id: answer for answer in answers}
    found: dict[str, Proposal] = {}
    open_ones: set[tuple[ProposedField, Value | None]] = set()
    answered = any(answer.field is ProposedField.OCCUPATION for answer in given.values())
    # Of what is declared, and was never asked after, nothing is looked up.
    spoken = content.model_copy(update={"occupation_code": None}) if answered else content
    for asked in _asked(spoken, occupations):
        id = derived_id("offer-proposal", offer_id, asked.field, str(asked.value), asked.plain)
        if id in found:
            continue
        answer = given.get(id)
        if answer is not None and not answer.accepted:
            state = ProposalState.DISMISSED
        elif not stated(content, asked.field, asked.value):
            state = ProposalState.OPEN
        elif answer is not None and _holds(content, asked.field, answer.value):
            state = ProposalState.ACCEPTED
        else:
            continue
        if state is ProposalState.OPEN:
            if (asked.field, asked.value) in open_ones:
                continue
            open_ones.add((asked.field, asked.value))
        at = None if answer is None or state is ProposalState.OPEN else answer.at
        found[id] = Proposal(
            id,
            asked.field,
            asked.value,
            asked.question,
            asked.words,
            asked.sentence,
            asked.said_in,
            state,
            at,
            asked.label,
        )
        if len(found) >= MOST:
            break
    return list(found.values())


def _asked(content: OfferContent, occupations: Occupations) -> Iterator[_Asked]:
    for one in proposed_occupations(occupations, content):
        text = content.title if one.said_in == "title" else content.description
        plain = " ".join(same_length_fold(text)[one.start : one.end].split())
        words = text[one.start : one.end].strip()
        sentence = _around(text, one.start, one.end, one.start)
        yield _Asked(
            ProposedField.OCCUPATION, one.code, one.question, words[:200], sentence, plain, one.said_in, one.label
        )
    said = list(_said(content))
    for told in said:
        fact, (start, end) = told.fact, told.sentence.whole
        if fact.rule == "text_says_pay" and _pay(content, str(fact.value), said) is None:
            continue
        # Where the text does not say which CACES, it is the certificate that is asked after.
        field = ProposedField.CARDS if fact.value == Card.CACES else _FIELDS[fact.rule]
        yield _Asked(
            field,
            fact.value,
            fact.proposal,
            told.text[fact.start : fact.end].strip()[:200],
            _around(told.text, start, end, fact.start),
            " ".join(told.folded[start:end].split()),
            told.said_in,
        )


class _Said(NamedTuple):
    said_in: str
    text: str
    folded: str
    sentence: Sentence
    fact: Spoken


def _said(content: OfferContent) -> Iterator[_Said]:
    for said_in, text in (("title", content.title), ("description", content.description)):
        folded = same_length_fold(text)
        for sentence, fact in facts(folded, sentences(folded), _NOTHING_STATED, title=said_in == "title"):
            yield _Said(said_in, text, folded, sentence, fact)


def _pay(content: OfferContent, pay: str, said: Iterable[_Said]) -> Salary | None:
    """By the hours of the field, else by the one week that title and text say."""
    facts_said = [one.fact for one in said]
    weeks = {fact.value for fact in facts_said if fact.rule == "text_says_hours"}
    hours = float(weeks.pop() or 0) if len(weeks) == 1 else None
    part_time = bool(weeks) or any(fact.rule == "text_says_part_time" for fact in facts_said)
    return pay_said(content, pay, hours, part_time=part_time)


def _around(text: str, start: int, end: int, at: int) -> str:
    """The sentence as it was written; of one without stops the part that holds the words."""
    first = start if end - start <= LONGEST else max(start, min(at - LONGEST // 4, end - LONGEST))
    return text[first : min(end, first + LONGEST)].strip()


def stated(content: OfferContent, field: ProposedField, value: Value | None) -> bool:
    """Whether the fields say something of it already; of what an offer may need several of (licences), this very one."""
    flag = field.flag
    if flag is not None:
        return flag not in content.demands.unknown
    return _STATED[field](content, value)


_ENDLESS = frozenset({ContractKind.CDI, ContractKind.SELF_EMPLOYED})
"""Contracts without a term."""
_STATED: Mapping[ProposedField, Callable[[OfferContent, Value | None], bool]] = {
    ProposedField.OCCUPATION: lambda content, _: content.occupation_code is not None,
    ProposedField.WEEKLY_HOURS: lambda content, _: content.weekly_hours is not None,
    ProposedField.LICENCES: lambda content, value: value in content.licences,
    ProposedField.CARDS: lambda content, value: (
        value in content.all_cards or any(str(value) in unaccented(skill.label) for skill in content.skills)
    ),
    ProposedField.CACES: lambda content, value: (
        value in content.caces or any(value in caces_in(unaccented(skill.label)).codes for skill in content.skills)
    ),
    ProposedField.ONE_CACES: lambda content, _: content.caces_one_is_enough,
    ProposedField.CONTRACT_KIND: lambda content, _: content.contract_kind is not ContractKind.OTHER,
    ProposedField.EXPERIENCE: lambda content, _: content.experience_months > 0,
    ProposedField.QUALIFICATION: lambda content, _: content.qualification_level is not None,
    ProposedField.EITHER: lambda content, _: content.diploma_or_experience,
    ProposedField.VEHICLE: lambda content, _: content.vehicle_required or content.accessible_without_car,
    ProposedField.DURATION: lambda content, _: content.duration_months is not None or content.contract_kind in _ENDLESS,
    ProposedField.STARTS_ON: lambda content, _: content.starts_on is not None,
    ProposedField.PAY: lambda content, _: content.salary != Pay(),
}


_SEVERAL = frozenset({ProposedField.LICENCES, ProposedField.CARDS, ProposedField.CACES})
"""Fields that hold several: an answer adds one."""


def _holds(content: OfferContent, field: ProposedField, value: Value | None) -> bool:
    """Whether the field says what was accepted."""
    flag = field.flag
    if flag is not None:
        return stated(content, field, value) and getattr(content.demands, flag) == value
    if field in _SEVERAL:
        return value in getattr(content, field)
    if field is ProposedField.PAY:
        return content.salary.text == value
    held = getattr(content, field)
    return bool((held.isoformat() if isinstance(held, date) else held) == value)


def taken(content: OfferContent, field: ProposedField, value: Value, label: str | None = None) -> dict[str, object]:
    """The offer as a depositor would write it with ``value`` in the field; held to no rule yet. ``label``: of an ``Answer``."""
    fields = as_input(content)
    flag = field.flag
    if flag is not None:
        known = content.declared_schedule or DeclaredSchedule()
        fields["declared_schedule"] = {**known.model_dump(), flag: value}
    elif field in _SEVERAL:
        fields[field] = (*getattr(content, field), value)
    elif field is ProposedField.PAY:
        paid = _pay(content, str(value), _said(content))
        fields[field] = {"text": value} if paid is None else paid.model_dump()
    else:
        fields[field] = value
    if field is ProposedField.OCCUPATION:
        fields["occupation_label"] = label
    return fields


def answered(answers: tuple[Answer, ...], new: Answer) -> tuple[Answer, ...]:
    """With one more answer, in the place of an older one to the same sentence."""
    rest = [one for one in answers if one.proposal_id != new.proposal_id]
    accepted = [one for one in (*rest, new) if one.accepted]
    dismissed = [one for one in (*rest, new) if not one.accepted]
    return (*accepted, *dismissed[-MOST_DISMISSED:])


def still_meant(answers: tuple[Answer, ...], content: OfferContent) -> tuple[Answer, ...]:
    """The answers that stand once people wrote ``content``: who changes an accepted field takes the acceptance back."""
    return tuple(one for one in answers if not one.accepted or _holds(content, one.field, one.value))


def with_accepted(content: OfferContent, answers: tuple[Answer, ...]) -> OfferContent:
    """What a feed delivers, and what was accepted of fields that it says nothing of. What would contradict it is left out."""
    for answer in answers:
        if not answer.accepted or answer.value is None or stated(content, answer.field, answer.value):
            continue
        fields = {**taken(content, answer.field, answer.value, answer.label), "place": content.place}
        try:
            with_it = OfferContent.model_validate(fields, context=STORED)
        except ValidationError:
            continue
        if not contract_errors(with_it):
            content = with_it
    return content
