"""What an employer reads a part of: what changes beside that part shows in no version."""

from datetime import datetime

from shared.domain import Aggregate


class PartlyRead(Aggregate):
    """An aggregate of which its employer reads a part."""

    unseen: int = 0
    """How many versions changed nothing in that part."""

    @property
    def seen_version(self) -> int:
        """The version as the employer reads it: one more with each change of its part."""
        return self.version - self.unseen

    def touch_unseen(self, now: datetime) -> None:
        """As ``touch``, for what the employer does not read: nor does it find out by the version that there is something."""
        self.unseen += 1
        self.touch(now)
