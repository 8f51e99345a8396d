"""An inbox item for many offers that came at once, as somebody changes it who need not read what is in it."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime

from services.notifications.domain.matter import Matter
from services.notifications.domain.notification import MOST_ITEMS, Item


@dataclass
class StoredGroup:
    """A group as it is stored: how many items it has, the earliest of their causes, and what is ``added`` and ``dropped`` now.

    It changes by each offer of a day, so reading and writing it as a whole would cost as much as all that it has. ``refs`` are
    those of its items that may be withdrawn now; an ``open`` one nobody has read.
    """

    id: str
    version: int
    box: str
    subject_id: str
    size: int
    caused_at: datetime
    caused_by: str
    open: bool = True
    refs: tuple[str, ...] = ()
    added: list[Item] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many of its items stay, without what is added."""
        return self.size - len(self.dropped)

    @property
    def takes_more(self) -> bool:
        """Whether there is room for another offer; one that lost all that it had is over."""
        return self.open and self.left > 0 and self.left + len(self.added) < MOST_ITEMS

    def gather(self, matter: Matter, item: Item) -> None:
        """Add an offer."""
        self.added.append(item)
        if matter.caused_at < self.caused_at:
            self.caused_at, self.caused_by = matter.caused_at, matter.caused_by

    def drop(self, refs: Set[str]) -> None:
        """Leave out items that hold no longer."""
        self.dropped = [ref for ref in self.refs if ref in refs]
