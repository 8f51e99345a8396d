"""What a subject wants by e-mail. Channels themselves are kept with the contact, in profiles."""

from datetime import datetime
from typing import Self

from services.notifications.domain.matter import Category
from shared.contracts.vocabulary import Channel
from shared.domain import Aggregate


class Preferences(Aggregate):
    """Categories without e-mail; ``id`` is the subject's. ``changed_by`` is the account that acted (a counsellor may)."""

    no_email: tuple[Category, ...] = ()
    changed_by: str | None = None

    @classmethod
    def untouched(cls, subject_id: str, territory: str, now: datetime) -> Self:
        """What holds for who never said anything: everything by e-mail, given the consent."""
        return cls(id=subject_id, territory=territory, created_at=now, updated_at=now)

    def wants(self, channel: Channel, category: Category) -> bool:
        """Whether messages of a category are welcome over a channel; only e-mail can be switched off by category."""
        return channel is not Channel.EMAIL or category not in self.no_email

    def choose(self, email: dict[Category, bool], acted_by: str, now: datetime) -> None:
        """Switch e-mail on or off for the categories named; the others stay."""
        off = {*self.no_email} - {c for c, wanted in email.items() if wanted} | {c for c, w in email.items() if not w}
        self.no_email = tuple(sorted(off))
        self.changed_by = acted_by
        self.touch(now)
