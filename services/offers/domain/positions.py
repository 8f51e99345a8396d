"""The positions of an offer: filled one by one, through us or elsewhere, open again when a hire falls through."""

from datetime import datetime

from services.offers.domain.actors import Actor
from services.offers.domain.company import CompanyStatus
from services.offers.domain.content import OfferContent
from services.offers.domain.life import LifePolicy, Outcome
from services.offers.domain.lifetime import WithLife
from shared.contracts.vocabulary import OfferStatus
from shared.errors import Refused, refused_field
from shared.written import counted


class WithPositions(WithLife):
    """What an offer asks for, and how many of its positions somebody was hired for.

    ``positions_filled_through_us``: those of ``positions_filled`` whose hire came of an application here.
    """

    content: OfferContent
    positions_filled: int = 0
    positions_filled_through_us: int = 0

    @property
    def positions_open(self) -> int:
        """Positions that nobody was hired for yet."""
        return max(0, self.content.positions_total - self.positions_filled)

    def fill(self, count: int, by: Actor, now: datetime, *, through_us: bool) -> None:
        """Record ``count`` hires; the last position makes the offer filled.

        Raises:
            Refused: more than the positions that are open.
        """
        self._check("fill")
        if not 1 <= count <= self.positions_open:
            raise refused_field(
                Refused,
                "count",
                "positions_open",
                f"Il reste {counted(self.positions_open, 'poste', 'postes')} à pourvoir.",
            )
        self.positions_filled += count
        if through_us:
            self.positions_filled_through_us += count
        self._note(now, by, "position_filled", f"{count} {'through us' if through_us else 'elsewhere'}")
        if self.positions_open == 0:
            self._filled(now)
        else:
            self._tell("offer-updated.v1", now)

    def _filled(self, now: datetime) -> None:
        self._end(OfferStatus.FILLED, now)
        self.outcome = Outcome.FILLED_THROUGH_US if self.positions_filled_through_us else Outcome.FILLED_ELSEWHERE
        self._tell("offer-filled.v1", now)

    def reopen(
        self, by: Actor, now: datetime, policy: LifePolicy, company: CompanyStatus | None, *, count: int = 1
    ) -> None:
        """A hire fell through: ``count`` positions are open again. Raises as ``confirm``."""
        self._check("reopen")
        self._verdict(company, by)
        if not 1 <= count <= self.positions_filled:
            raise refused_field(
                Refused,
                "count",
                "positions_filled",
                f"{counted(self.positions_filled, 'poste est pourvu', 'postes sont pourvus')}.",
            )
        self.positions_filled -= count
        self.positions_filled_through_us = min(self.positions_filled_through_us, self.positions_filled)
        self.status = OfferStatus.PUBLISHED
        self.held = False
        self.ended_at = None
        self.outcome = None
        self._renew(now, policy)
        self._note(now, by, "reopened", str(count))
        self._tell("offer-resumed.v1", now)

    def close(self, outcome: Outcome, by: Actor, now: datetime) -> None:
        """End the offer with how it ended."""
        self._check("close")
        if outcome in (Outcome.FILLED_THROUGH_US, Outcome.FILLED_ELSEWHERE) and self.positions_open:
            if outcome is Outcome.FILLED_THROUGH_US:
                self.positions_filled_through_us += self.positions_open
            self.positions_filled = self.content.positions_total
        self._end(OfferStatus.CLOSED, now)
        self.outcome = outcome
        self._note(now, by, "closed", outcome.value)
        self._tell("offer-closed.v1", now)
