"""What was erased or taken away for good, as the list says that lies beside the dumps: a restore does it again."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict


class ErasureKind(StrEnum):
    """What went. A restore would bring it back."""

    SUBJECT = "subject"
    """A person (``by_role``), or the contact points of an account."""
    ACCOUNT = "account"
    """An account off a profile (``of``): ``linked`` again where it came back."""
    HOUSEHOLD = "household"
    """An employer who was a person."""
    NOTE = "note"
    """A note of canvassing an employer (``of``)."""
    REFERENCE = "reference"
    """A participant of social clauses, whom the desk of a territory (``of``) knew by a reference only."""
    LISTED = "listed"
    """Somebody of the list of RSA recipients who asked not to be kept; the id is a hash."""


class Erasure(BaseModel):
    """Ids and times, nothing of the person. ``by_role`` is there for a person, ``version`` for an account that took its contact
    points back; ``by``: who did it, where that is kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    territory: str
    at: AwareDatetime
    kind: ErasureKind = ErasureKind.SUBJECT
    of: str | None = None
    by: str | None = None
    by_role: str | None = None
    reason: str | None = None
    version: int = 0
    linked: bool = False

    @property
    def key(self) -> str:
        """By which the list has it once."""
        return self.id if self.kind is ErasureKind.SUBJECT else f"{self.kind}:{self.of or ''}:{self.id}"

    @property
    def of_person(self) -> bool:
        """A person, whose id is never anybody else's; an account may come back."""
        return self.kind is ErasureKind.SUBJECT and self.by_role is not None
