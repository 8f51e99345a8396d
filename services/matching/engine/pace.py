"""When to settle: at once while little happens, after a pause while much does, so that nothing is told that does not stay.

In a burst (an import, a start, everybody's profile at once) most pairs of the first second are pushed out in the next. What
is heard is stored at once all the same; only what follows from it waits.
"""

FEW = 20
"""News of so little may be settled at once."""
STEADY = 50
"""News a second that are settled as they come, however long they keep coming: while calm was waited for between them, what 25
offers a second made could be read after 93 ms instead of 40 (p50), and each was stored by a transaction of its own before.
"""
PACE = 200
"""News a second from which on a burst is waited for as long as the setting allows."""


class Pace:
    """Decides by what was heard when. Times are seconds of a clock that never goes back."""

    def __init__(self, calm: float, within: float) -> None:
        """``calm``: seconds without news that end a burst; ``within``: the longest that anything waits."""
        self._calm = calm
        self._within = within
        self._first = self._last = self._heard = float("-inf")
        self._waiting = 0
        self._lately = 0.0

    @property
    def waiting(self) -> bool:
        """Whether something was heard that is not settled."""
        return self._waiting > 0

    def hear(self, now: float, size: int) -> bool:
        """Take note of so much news; whether it may be settled at once."""
        self._lately = max(0.0, self._lately - (now - self._heard) * STEADY) + size
        self._heard = now
        quiet = not self._waiting and self._lately <= FEW
        if not self._waiting:
            self._first = now
        self._waiting += size
        self._last = now
        return quiet

    def storing(self) -> None:
        """What was heard is on its way to the database: nothing more is heard meanwhile, and that is no calm."""
        self._last = float("inf")

    def stored(self, now: float) -> None:
        """It is stored, or is not going to be: calm begins here."""
        self._last = now

    def due(self, now: float) -> float:
        """Seconds until what waits is to be settled; 0 or less: now."""
        longest = min(self._within, 2 * self._calm + self._waiting / PACE)
        return min(self._last + self._calm, self._first + longest) - now

    def settled(self) -> None:
        """Nothing waits any more; after a burst the next few are settled as they come."""
        self._waiting = 0
        self._lately = min(self._lately, FEW)
