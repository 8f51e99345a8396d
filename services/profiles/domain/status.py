"""What somebody's situation is in the eyes of the law (RSA, RQTH, QPV …): dated, shown by a paper, and kept apart.

The categories are those of the clauses (``shared.reference.publics``), with being registered at France Travail, and with what
was diagnosed elsewhere without its cause. A status never scores, reaches no employer and no event: what travels are the flags
of the reserved publics that it opens, from ``flags_of``.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, NamedTuple, Self

from pydantic import Field

from services.profiles.domain.errors import StatusRefused
from services.profiles.domain.journal import Actor
from shared.ages import birthday, possible_ages
from shared.contracts.vocabulary import ReservedPublic
from shared.domain import Aggregate, Entity
from shared.errors import FieldError, refused, refused_field
from shared.kept_enum import StoredEnum
from shared.reference.publics import DIAGNOSES, Category, Diagnosis, EvidenceOf, PublicCategory, category_on
from shared.refusals import shaped
from shared.types import CivilDate, Line

JOB_SEEKER = "job_seeker"
"""Registered at France Travail; opens nothing by itself."""
RSA = Category.RSA.value
_FACILITATORS = frozenset({Category.REASONED_OPINION.value})
"""Given for a contract by who is answerable for it, not a situation of the person."""


class Source(StoredEnum):
    """Who or what says so. ``staff``: established before there were records of it; neither the paper nor the cause is known."""

    PAPER = "paper"
    PERSON = "person"
    DEPARTMENT_LIST = "department_list"
    STAFF = "staff"


class StatusGiven(Entity):
    """A status as a counsellor or manager records it."""

    category: Annotated[
        str,
        Field(
            pattern=shaped(
                r"^[a-z0-9_]{2,60}$", "Un code de cette liste est attendu : des minuscules, des chiffres et _."
            )
        ),
    ] = Field(description="A code of GET /v1/status-categories")
    since: CivilDate | None = Field(default=None, description="First day, where it is known")
    as_of: CivilDate | None = Field(
        default=None, description="On which day it was so, as the source says; absent: today"
    )
    until: CivilDate | None = Field(default=None, description="Last day, where the paper names one")
    source: Source = Source.PAPER
    evidence: EvidenceOf | None = Field(
        default=None, description="Kind of the paper that was seen; never what stands in it"
    )
    evidence_dated: CivilDate | None = None


class StatusCorrection(StatusGiven):
    """What it should have said. The earlier record stays, marked as corrected."""

    reason: Annotated[str, Line(200, min_length=3)]


class StatusEnd(Entity):
    """It is no longer so."""

    on: CivilDate = Field(description="First day on which it is no longer so")
    reason: Annotated[str | None, Line(200)] = None


class ShortStatuses(Entity):
    """The short form in which statuses are said with the profile: what stands today, without paper or day."""

    rsa_recipient: bool = False
    disabled_worker: bool = Field(default=False, description="RQTH or another beneficiary of the employment obligation")
    priority_neighbourhood: bool = Field(default=False, description="Lives in a QPV")
    long_term_unemployed: bool = Field(default=False, description="Registered for more than 12 months")
    registered_on: CivilDate | None = Field(default=None, description="Registration as a job seeker at France Travail")


class EarlierStatuses(ShortStatuses):
    """What a profile said before statuses stood apart, until it is moved."""

    reserved_eligible: tuple[ReservedPublic, ...] = ()


class Said(NamedTuple):
    """What is said of statuses with the profile; None where nothing is said of it. ``publics`` is for staff to say."""

    statuses: ShortStatuses | None = None
    publics: tuple[ReservedPublic, ...] | None = None


NOTHING = Said()


SHORT = {
    "rsa_recipient": RSA,
    "disabled_worker": Category.DISABLED_WORKER.value,
    "priority_neighbourhood": Category.PRIORITY_NEIGHBOURHOOD.value,
    "long_term_unemployed": Category.LONG_TERM_UNEMPLOYED.value,
}
"""Fields of the short form, and the category that each of them is."""


class Age(NamedTuple):
    """What is known of when somebody was born."""

    born: date | None = None
    year: int | None = None


class Status(Aggregate):
    """One record. ``ended_on``: the first day on which it is no longer so; ``replaced_by``: the record that corrects it."""

    profile_id: str
    category: str
    since: date | None = None
    as_of: date
    until: date | None = None
    source: Source
    evidence: EvidenceOf | None = None
    evidence_dated: date | None = None
    recorded_by: str
    role: str
    reference: str | None = None
    """The département's own number of the file, where its list says it."""
    brought: bool = False
    """It came along from another territory, whose list it may be of: this one's lists do not end it."""
    ended_on: date | None = None
    ended_by: str | None = None
    reason: str | None = None
    replaced_by: str | None = None

    @classmethod
    def enter(
        cls,
        id: str,
        profile: tuple[str, str],
        given: StatusGiven,
        age: Age,
        actor: Actor,
        today: date,
        now: datetime,
        reference: str | None = None,
    ) -> Self:
        """A new record of ``profile`` (id, territory).

        Raises:
            StatusRefused: naming each field: an unknown category, a paper that does not show it, an age that excludes it, days
                that have not come or stand in the wrong order.
        """
        errors = [*_kind_errors(given, age, today), *_date_errors(given, today)]
        if errors:
            raise refused(StatusRefused, errors)
        said = {name: getattr(given, name) for name in StatusGiven.model_fields if name != "as_of"}
        made = cls(
            id=id,
            territory=profile[1],
            created_at=now,
            updated_at=now,
            profile_id=profile[0],
            as_of=given.as_of or today,
            recorded_by=actor.user_id,
            role=actor.role,
            reference=reference,
            **said,
        )
        made.touch(now)
        return made

    def stands_on(self, day: date) -> bool:
        """Whether it is so on that day, as far as is known."""
        if self.replaced_by is not None or (self.since is not None and day < self.since):
            return False
        return (self.until is None or day <= self.until) and (self.ended_on is None or day < self.ended_on)

    @property
    def shown(self) -> bool:
        """Whether more than a word stands behind it. What staff established without a cause is a diagnosis, and no category."""
        proven = {Source.PAPER, Source.DEPARTMENT_LIST}
        return self.source in (proven | {Source.STAFF} if self.category in set(Diagnosis) else proven)

    def refer(self, reference: str | None, now: datetime) -> None:
        """The département's list names the file by this number."""
        self.reference = reference
        self.touch(now)

    def end(self, on: date, by: str, reason: str | None, today: date, now: datetime) -> None:
        """It is no longer so from that day on.

        Raises:
            StatusRefused: the day has not come, or is before the first.
        """
        if on > today:
            raise refused_field(StatusRefused, "on", "in-the-future", "Ce jour n'est pas encore venu.")
        if self.since is not None and on < self.since:
            raise refused_field(StatusRefused, "on", "before-start", "La fin précède le début.")
        self.ended_on, self.ended_by, self.reason = on, by, reason
        self.touch(now)

    def correct(self, by: str, replaced_by: str, reason: str | None, now: datetime) -> None:
        """Another record takes its place."""
        self.ended_by, self.replaced_by, self.reason = by, replaced_by, reason
        self.touch(now)


def label_of(code: str) -> str:
    """As people read it, also of a category that holds no longer."""
    if code == JOB_SEEKER:
        return "Inscrit à France Travail"
    if code in set(Diagnosis):
        return DIAGNOSES[Diagnosis(code)]
    return _LABELS.get(code, code)


def categories_of(day: date) -> list[PublicCategory]:
    """The categories of the referential that may be recorded on that day."""
    return [one for one in (category_on(code, day) for code in Category) if one and one.code not in _FACILITATORS]


def flags_of(statuses: Iterable[Status], age: Age, today: date) -> tuple[tuple[ReservedPublic, ...], date | None]:
    """The reserved publics that the statuses of one person open today, and the next day on which that is to be looked at."""
    flags: set[ReservedPublic] = set()
    days: list[date] = []
    for one in statuses:
        if one.replaced_by is not None or not one.shown:
            continue
        if one.since is not None and one.since > today:
            days.append(one.since)
        if not one.stands_on(today):
            continue
        if one.until is not None:
            days.append(date.fromordinal(one.until.toordinal() + 1))
        if one.category in set(Diagnosis):
            flags.add(Diagnosis(one.category).opens)
            continue
        category = category_on(one.category, today)
        if category is None or _too_old(category, age, today):
            continue
        flags |= category.opens
        if category.under is not None and (age.born or age.year):
            days.append(birthday(age.born or date(age.year or 0, 12, 31), category.under))
    return tuple(public for public in ReservedPublic if public in flags), min(days, default=None)


def standing(statuses: Iterable[Status], day: date) -> dict[str, Status]:
    """Those that stand, by category."""
    return {one.category: one for one in statuses if one.stands_on(day)}


def _too_old(category: PublicCategory, age: Age, today: date) -> bool:
    ages = possible_ages(today, *age)
    return category.under is not None and ages is not None and ages[0] >= category.under


def _kind_errors(given: StatusGiven, age: Age, today: date) -> Sequence[FieldError]:
    code = given.category
    other = code == JOB_SEEKER or code in set(Diagnosis)
    category = None if other else category_on(code, today)
    if not other and (category is None or code in _FACILITATORS):
        return [FieldError("category", "unknown-category", "Cette catégorie n'est pas, ou plus, au référentiel.")]
    if given.source is Source.PAPER and given.evidence is None:
        return [FieldError("evidence", "required", "Indiquez quelle pièce a été vue.")]
    if given.source is not Source.PAPER and given.evidence is not None:
        return [FieldError("evidence", "source", "Une pièce vue se note seulement d'un statut constaté sur pièce.")]
    if category is None:
        return []
    if given.evidence is not None and given.evidence not in category.evidence:
        accepted = ", ".join(sorted(category.evidence))
        return [FieldError("evidence", "no-evidence", f"Cette pièce ne montre pas «{category.label}» : {accepted}.")]
    ages = possible_ages(today, *age)
    if ages is None and (category.under or category.least):
        message = f"«{category.label}» demande la date de naissance de la personne."
        return [FieldError("category", "birth-date-missing", message)]
    if _too_old(category, age, today):
        return [FieldError("category", "too-old", f"Cette personne n'a plus moins de {category.under} ans.")]
    if category.least is not None and ages is not None and ages[1] < category.least:
        return [FieldError("category", "too-young", f"Cette personne n'a pas {category.least} ans.")]
    return []


def _date_errors(given: StatusGiven, today: date) -> Iterable[FieldError]:
    for field in ("since", "as_of", "evidence_dated"):
        day = getattr(given, field)
        if day is not None and day > today:
            yield FieldError(field, "in-the-future", "Ce jour n'est pas encore venu.")
    if given.since is not None and given.until is not None and given.until < given.since:
        yield FieldError("until", "before-start", "La fin précède le début.")


_LABELS = {one.code: one.label for code in Category if (one := category_on(code, date.max))}


def short_form(statuses: Iterable[Status], day: date) -> ShortStatuses:
    """What stands, in the short form."""
    found = standing(statuses, day)
    known = found.get(JOB_SEEKER)
    return ShortStatuses(
        **{name: code in found for name, code in SHORT.items()}, registered_on=None if known is None else known.since
    )


def named(short: ShortStatuses) -> dict[str, date | None]:
    """The categories that the short form says, each with its first day where it is said."""
    found: dict[str, date | None] = {code: None for name, code in SHORT.items() if getattr(short, name)}
    if short.registered_on is not None:
        found[JOB_SEEKER] = short.registered_on
    return found


def diagnosed(publics: Iterable[ReservedPublic]) -> dict[str, date | None]:
    """The diagnoses that open these publics."""
    wanted = set(publics)
    return {one.value: None for one in Diagnosis if one.opens in wanted}


def moved(
    earlier: EarlierStatuses,
    stored: Iterable[Status],
    profile: tuple[str, str],
    ids: Iterable[str],
    now: datetime,
    day: date,
) -> list[Status]:
    """What a profile (id, territory) said before statuses stood apart, as records; what stands already is not said twice."""
    before = standing(stored, day)
    by = Actor(user_id="earlier", role="earlier")
    codes = named(earlier) | diagnosed(earlier.reserved_eligible)
    return [
        by_word(id, profile, code, since, Source.STAFF, by, day, now)
        for id, (code, since) in zip(ids, codes.items(), strict=False)
        if code not in before
    ]


def by_word(
    id: str,
    profile: tuple[str, str],
    category: str,
    since: date | None,
    source: Source,
    actor: Actor,
    today: date,
    now: datetime,
) -> Status:
    """A record of what is said without a paper: known, and opening nothing unless staff say a diagnosis."""
    made = Status(
        id=id,
        territory=profile[1],
        created_at=now,
        updated_at=now,
        profile_id=profile[0],
        category=category,
        since=since,
        as_of=today,
        source=source,
        recorded_by=actor.user_id,
        role=actor.role,
    )
    made.touch(now)
    return made


def field_of(code: str) -> str:
    """Where the short form says a category."""
    if code in set(Diagnosis):
        return "reserved_eligible"
    return next((f"statuses.{name}" for name, one in SHORT.items() if one == code), "statuses.registered_on")
