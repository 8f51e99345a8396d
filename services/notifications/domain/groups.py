"""An inbox item for many offers that came at once, as somebody adds to it who need not read what is in it."""

from dataclasses import dataclass, field
from datetime import datetime

from services.notifications.domain.matter import Matter
from services.notifications.domain.notification import MOST_ITEMS, Item


@dataclass
class OpenGroup:
    """A stored group that nobody has read: how many items it has, the earliest of their causes, and what is ``added`` now.

    It grows by each offer of a day, so reading and writing it as a whole would cost as much as all that it has.
    """

    id: str
    version: int
    box: str
    subject_id: str
    size: int
    caused_at: datetime
    caused_by: str
    added: list[Item] = field(default_factory=list)

    @property
    def takes_more(self) -> bool:
        """Whether there is room for another offer."""
        return self.size + len(self.added) < MOST_ITEMS

    def gather(self, matter: Matter, item: Item) -> None:
        """Add an offer."""
        self.added.append(item)
        if matter.caused_at < self.caused_at:
            self.caused_at, self.caused_by = matter.caused_at, matter.caused_by
