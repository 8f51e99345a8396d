"""How often something may be done in a day: counted in one document, so that many at once are counted as well."""

import hashlib
from datetime import datetime, timedelta

from pymongo import IndexModel

from shared.domain import Aggregate
from shared.errors import LimitReached
from shared.store import CollectionSpec, Store

WINDOW = timedelta(days=1)
CLOCKS_APART = timedelta(hours=1)
"""What lies farther ahead was counted by a clock that was wrong: it would hold until that time had come."""
COLLECTION = "allowances"
ALLOWANCES = CollectionSpec(COLLECTION, [IndexModel("updated_at", expireAfterSeconds=2 * int(WINDOW.total_seconds()))])


class Allowance(Aggregate):
    """When it was used within the last day. ``closed``: whoever it was for is gone, and nothing is begun for them."""

    used: tuple[datetime, ...] = ()
    closed: bool = False

    @classmethod
    def new(cls, what: str, whom: str, territory: str, now: datetime) -> "Allowance":
        """Of somebody or something that has not used it."""
        return cls(id=allowance_id(what, whom), territory=territory, created_at=now, updated_at=now)

    def take(self, most: int, refused: type[LimitReached], sentence: str, now: datetime, times: int = 1) -> None:
        """Use it ``times`` times, all or none. ``sentence`` may name {count}.

        Raises:
            LimitReached: the given kind, when it would be used more than ``most`` times within a day.
        """
        recent = tuple(at for at in self.used if -CLOCKS_APART < now - at < WINDOW)
        if len(recent) + times > most:
            raise refused(sentence.format(count=len(recent)), limit=most)
        self.used = (*recent, *(now for _ in range(times)))
        self.touch(now)

    def close(self, now: datetime) -> None:
        """Nothing is begun any more; who is about to, begins again and sees it."""
        self.used = ()
        self.closed = True
        self.touch(now)


def allowance_id(what: str, whom: str) -> str:
    """An id that does not say whose it is: it outlives an erasure by a day."""
    return f"{what}:{hashlib.blake2b(whom.encode(), digest_size=16).hexdigest()}"


async def allowance_of(store: Store, what: str, whom: str, territory: str, now: datetime) -> Allowance:
    """What somebody or something has used; save it with the commit that it is taken for."""
    known = await store.find_one(Allowance, COLLECTION, {"_id": allowance_id(what, whom)})
    return known or Allowance.new(what, whom, territory, now)
