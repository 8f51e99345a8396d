"""The interview of an application: when, where or how, who is there; moved, called off, confirmed, and reminded of."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from services.offers.domain.actors import Actor, Party
from services.offers.domain.application_rules import WHO
from services.offers.domain.errors import InterviewMoved, InterviewRefused, NoInterview, TooManyChanges, WrongParty
from shared import civil
from shared.contracts.vocabulary import ApplicationStatus, Notice
from shared.domain import Aggregate, Entity
from shared.errors import FieldError, refused, refused_field
from shared.kept_enum import StoredEnum
from shared.phones import UNFIT, e164
from shared.types import Instant, Line, Name, Prose, Website

REMINDED_AT = time(8)
"""On the eve, by the clocks of the place: nobody is woken, and a lift can still be found."""
FURTHEST = timedelta(days=366)
MOST_CHANGES = 20
"""Of one application, on each side: every change is a message to somebody."""


class Way(StoredEnum):
    """How the two meet."""

    ON_SITE = "on_site"
    PHONE = "phone"
    VIDEO = "video"


class InterviewStatus(StoredEnum):
    """``other_time``: the person cannot come then, and asks for another time."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    OTHER_TIME = "other_time"
    CANCELLED = "cancelled"


class InterviewDetails(Entity):
    """What the employer says. Everything that others' messages carry is one line without a link or a number to call."""

    at: Instant | None = Field(default=None, description="With its offset: 2026-03-09T14:30:00+01:00")
    minutes: int = Field(default=60, ge=10, le=600, description="How long it is meant to take")
    way: Way = Way.ON_SITE
    place: Annotated[str, Name(200, blank=True)] = Field(default="", description="Empty: the commune of the offer")
    phone: Annotated[str | None, Line(30)] = Field(
        default=None, description="To be called by the person; by phone without it, the employer calls"
    )
    video_url: Website | None = Field(default=None, description="https, of the meeting")
    contact: Annotated[str, Name(100, blank=True)] = Field(default="", description="Whom to ask for on the spot")
    to_bring: Annotated[str, Name(300, blank=True)] = ""


class Interview(InterviewDetails):
    """An appointment. ``sequence`` counts what was changed of it, as calendars do; ``zone`` is that of its place (tz database).

    ``wish`` is what the person said of another time, ``answers`` how often they answered. Without ``at`` it only says that
    there is to be one.
    """

    id: str = ""
    sequence: int = 0
    status: InterviewStatus = InterviewStatus.PROPOSED
    zone: str
    wish: Annotated[str, Name(200, blank=True)] = ""
    answers: int = 0

    @property
    def ends_at(self) -> datetime | None:
        """When it is meant to be over."""
        return self.at + timedelta(minutes=self.minutes) if self.at is not None else None

    def to_come(self, now: datetime) -> bool:
        """Whether it has a time, is not called off and has not begun."""
        return self.at is not None and self.status is not InterviewStatus.CANCELLED and self.at > now

    def without_wish(self) -> "Interview":
        """Without what the person said."""
        return self.model_copy(update={"wish": ""})

    def figure(self) -> "Interview":
        """When it was and what became of it, and what calendars know it by: one that took it can still take it out."""
        kept = ("id", "sequence", "at", "minutes", "zone", "status")
        return Interview(**{name: getattr(self, name) for name in kept})

    def reminder(self, told_at: datetime) -> datetime | None:
        """When to remind of it; None when it was told so late that the message itself is the reminder."""
        if self.at is None:
            return None
        there = self.at.astimezone(civil.zone_named(self.zone))
        eve = datetime.combine(there.date() - timedelta(days=1), REMINDED_AT, tzinfo=there.tzinfo)
        return eve if eve > told_at else None


class FeedbackResult(StoredEnum):
    """How an interview went."""

    POSITIVE = "positive"
    MIXED = "mixed"
    NEGATIVE = "negative"
    ABSENT = "absent"


class Feedback(Entity):
    """What one side says of the interview."""

    at: datetime
    by: str
    party: Party
    result: FeedbackResult
    strengths: Annotated[str, Prose(1_000, blank=True)] = ""
    to_improve: Annotated[str, Prose(1_000, blank=True)] = ""


@dataclass(frozen=True)
class News:
    """Something about an interview that people are to be told, and on whose side it was done."""

    notice: Notice
    interview: Interview
    by: Party


def checked(
    details: InterviewDetails, territory: str, now: datetime, prefix: str = "", *, timeless: bool = False
) -> InterviewDetails:
    """The details as they can be kept, the phone number in E.164. ``timeless``: without a day yet, and nothing else less.

    Raises:
        InterviewRefused: naming every field that cannot be.
    """
    errors = []
    if details.at is None:
        if not timeless:
            message = "Donnez le jour et l'heure avec leur fuseau : 2026-03-09T14:30:00+01:00."
            errors.append(FieldError(f"{prefix}at", "required", message))
    elif not now < details.at <= now + FURTHEST:
        late = details.at <= now
        message = "Cette heure est passée." if late else "Un entretien est fixé à un an au plus."
        errors.append(FieldError(f"{prefix}at", "in_the_past" if late else "too_far", message))
    if details.way is Way.VIDEO and details.video_url is None:
        errors.append(FieldError(f"{prefix}video_url", "required", "Donnez le lien de la visioconférence."))
    if details.video_url is not None and not details.video_url.startswith("https://"):
        errors.append(FieldError(f"{prefix}video_url", "https", "Le lien commence par https://."))
    phone = details.phone
    if phone is not None:
        phone = e164(phone, territory)
        if phone is None:
            errors.append(FieldError(f"{prefix}phone", "implausible-phone", UNFIT))
    if errors:
        raise refused(InterviewRefused, errors)
    # What the chosen way does not need is not carried along: a link beside an address sends people to the wrong one.
    kept = {
        "phone": phone if details.way is Way.PHONE else None,
        "video_url": details.video_url if details.way is Way.VIDEO else None,
        "place": details.place if details.way is Way.ON_SITE else "",
    }
    return details.model_copy(update=kept)


class WithInterviews(Aggregate):
    """The part of an application that two people meet by. ``remind_at``: when the next reminder is due."""

    interviews: tuple[Interview, ...] = ()
    remind_at: datetime | None = None

    _news: list[News] = PrivateAttr(default_factory=list)

    @property
    def news(self) -> tuple[News, ...]:
        """What happened to interviews since the last save."""
        return tuple(self._news)

    def interview_to_come(self, now: datetime) -> Interview | None:
        """The appointment that stands; None when there is none."""
        last = self.interviews[-1] if self.interviews else None
        return last if last is not None and last.to_come(now) else None

    def move_interview(self, details: InterviewDetails, zone: str, by: Actor, now: datetime) -> bool:
        """Change the one that stands; the person is asked anew. False when nothing is different.

        Raises:
            NoInterview: none stands.
            WrongParty: it is not the employer's side.
            TooManyChanges: it was changed so often that nobody follows.
        """
        last = self._standing(now)
        _for_employer(by)
        said: dict[str, Any] = {name: getattr(details, name) for name in InterviewDetails.model_fields} | {"zone": zone}
        if all(getattr(last, name) == value for name, value in said.items()):
            return False
        self._check_changes()
        fresh = {"sequence": last.sequence + 1, "status": InterviewStatus.PROPOSED, "wish": ""}
        self._replace(last.model_copy(update=said | fresh), Notice.INTERVIEW_MOVED, by, now)
        return True

    def cancel_interview(self, by: Actor, now: datetime) -> None:
        """Call off the one that stands; the application goes on.

        Raises:
            NoInterview, WrongParty: as for a move.
        """
        last = self._standing(now)
        _for_employer(by)
        self._call_off(last, by, now)
        self.touch(now)

    def call_off(self, by: Actor, now: datetime) -> bool:
        """Call off the one that stands, whatever side asks for it. False when none does."""
        coming = self.interview_to_come(now)
        if coming is None:
            return False
        self._call_off(coming, by, now)
        self.touch(now)
        return True

    def answer_interview(self, sequence: int, confirmed: bool, wish: str, by: Actor, now: datetime) -> None:
        """The person comes, or asks for another time.

        Raises:
            NoInterview: none stands.
            InterviewMoved: they answer to what it was before it was changed.
            WrongParty: it is not the person's side.
        """
        last = self._standing(now)
        if by.party not in (Party.SEEKER, Party.COUNSELLOR):
            raise WrongParty("La réponse revient à la personne ou à son conseiller.")
        if sequence != last.sequence:
            raise InterviewMoved(
                "L'entretien a changé entre-temps : relisez-le avant de répondre.",
                sequence=last.sequence,
                allowed=["answer"],
            )
        status = InterviewStatus.CONFIRMED if confirmed else InterviewStatus.OTHER_TIME
        changed = last.model_copy(update={"status": status, "wish": "" if confirmed else wish})
        if changed == last:
            return
        if last.answers >= MOST_CHANGES:
            raise TooManyChanges("Cet entretien a reçu trop de réponses : appelez l'employeur.", limit=MOST_CHANGES)
        changed = changed.model_copy(update={"answers": last.answers + 1})
        self.interviews = (*self.interviews[:-1], changed)
        self._news.append(News(Notice.INTERVIEW_ANSWERED, changed, by.party))
        self.touch(now)

    def remind_of_interview(self, now: datetime) -> bool:
        """Remind once, of what stands. False when there is nothing to remind of any more."""
        if self.remind_at is None or self.remind_at > now:
            return False
        self.remind_at = None
        last = self.interview_to_come(now)
        if last is not None:
            self._news.append(News(Notice.INTERVIEW_REMINDER, last, Party.SYSTEM))
        self.touch(now)
        return True

    def mark_saved(self) -> None:
        super().mark_saved()
        self._news.clear()

    def _check_changes(self) -> None:
        if sum(1 + one.sequence for one in self.interviews) >= MOST_CHANGES:
            raise TooManyChanges("Cet entretien a changé trop souvent : appelez la personne.", limit=MOST_CHANGES)

    def _propose(self, interview: Interview, by: Actor, now: datetime) -> None:
        self._check_changes()
        last = self.interviews[-1] if self.interviews else None
        # One that only said that there is to be one is over with the one that is said.
        before = self.interviews[:-1] if last is not None and last.at is None else self.interviews
        self.interviews = (*before, interview)
        if interview.at is not None:
            self.remind_at = interview.reminder(now)
            self._news.append(News(Notice.INTERVIEW_PROPOSED, interview, by.party))

    def _call_off(self, last: Interview, by: Actor, now: datetime) -> None:
        gone = last.model_copy(update={"sequence": last.sequence + 1, "status": InterviewStatus.CANCELLED})
        self._replace(gone, Notice.INTERVIEW_CANCELLED, by, now)

    def _replace(self, interview: Interview, notice: Notice, by: Actor, now: datetime) -> None:
        self.interviews = (*self.interviews[:-1], interview)
        self.remind_at = interview.reminder(now) if interview.status is not InterviewStatus.CANCELLED else None
        self._news.append(News(notice, interview, by.party))
        if notice is Notice.INTERVIEW_MOVED:
            self.touch(now)

    def _standing(self, now: datetime) -> Interview:
        found = self.interview_to_come(now)
        if found is None:
            raise NoInterview("Aucun entretien n'est à venir pour cette candidature.", allowed=[])
        return found


def _for_employer(by: Actor) -> None:
    if by.party not in WHO[ApplicationStatus.INTERVIEW]:
        raise WrongParty("L'entretien est fixé par l'employeur.", belongs_to=sorted(WHO[ApplicationStatus.INTERVIEW]))


def required_place(details: InterviewDetails, prefix: str = "") -> None:
    """Raises InterviewRefused where people are to come and nobody said where."""
    if details.way is Way.ON_SITE and not details.place:
        raise refused_field(InterviewRefused, f"{prefix}place", "required", "Donnez l'adresse de l'entretien.")
