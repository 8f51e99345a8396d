"""Errors that a domain raises and an edge turns into problem+json. Each is named for the business fact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from shared.states import impossible


@dataclass(frozen=True)
class FieldError:
    """One refused field: its path as the caller wrote it, the rule that refused it and a sentence."""

    field: str
    rule: str
    message: str


class DomainError(Exception):
    """A refusal with a reason. ``code`` is stable (front-ends switch on it), ``detail`` is a sentence.

    ``extra`` is shown to the caller as members of the problem object: ids and codes, never personal data. ``retry_after``:
    in how many seconds the same request may well be answered otherwise; None where waiting changes nothing.
    """

    status: ClassVar[int] = 422
    code: ClassVar[str] = "refused"
    retry_after: int | None = None

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = (), **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra: Mapping[str, Any] = extra


class Refused(DomainError):
    """The input breaks a rule; ``errors`` name the fields."""


class NotFound(DomainError):
    """Nothing there, or nothing that the caller may know of."""

    status = 404
    code = "not-found"


class Forbidden(DomainError):
    """The caller's role, territory or consent does not give this."""

    status = 403
    code = "forbidden"


class StateConflict(DomainError):
    """The state of the aggregate forbids this transition; ``extra['allowed']`` lists those it allows."""

    status = 409
    code = "state-conflict"


class TransitionRefused(StateConflict):
    """The present state does not allow this step of its course."""

    code = "transition-refused"


def transition_refused(of: str, state: str, asked: str, allowed: Iterable[str]) -> TransitionRefused:
    """A 409 with the state, what was asked and what would be allowed, by the names that operations have, for programs; to people
    the state is said, and what it is of («cette offre»).
    """
    return TransitionRefused(impossible(of, state), state=state, asked=asked, allowed=sorted(allowed))


class AlreadyExists(DomainError):
    """The same thing is there already; ``extra`` names it."""

    status = 409
    code = "already-exists"


class VersionConflict(DomainError):
    """Somebody else changed the aggregate since it was read (a lost update was prevented)."""

    status = 412
    code = "version-conflict"


class LimitReached(DomainError):
    """A limit against abuse was reached."""

    status = 429
    code = "limit-reached"


class EventTooLarge(DomainError):
    """What other services would be told is larger than a record may be; ``errors`` name the field that fills it.

    Nothing was stored: an event that Kafka refuses would hold up all later ones of the same thing.
    """

    code = "event-too-large"


class Unavailable(DomainError):
    """Something that an answer needs is not there yet."""

    status = 503
    code = "unavailable"
    retry_after = 2


D = TypeVar("D", bound=DomainError)


def refused(kind: type[D], errors: Sequence[FieldError], **extra: object) -> D:
    """A refusal whose sentence is that of its only error, or counts them."""
    detail = errors[0].message if len(errors) == 1 else f"{len(errors)} champs sont refusés."
    return kind(detail, errors=errors, **extra)


def refused_field(kind: type[D], field: str, rule: str, message: str, **extra: object) -> D:
    """A refusal of one field."""
    return refused(kind, [FieldError(field, rule, message)], **extra)
