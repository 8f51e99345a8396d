"""A person's hours in a month over all contracts, and the legal month that bounds them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from services.clauses.domain.amounts import ZERO, Month, in_hours
from services.clauses.domain.errors import MonthlyLimitExceeded
from shared import civil
from shared.domain import Aggregate, Entity
from shared.errors import Refused, refused_field


class Declarer(NamedTuple):
    """Who answers for hours: a contractor in a territory, where others act for it than in the next one, or a desk itself."""

    contractor_id: str | None
    territory: str


class Share(Entity):
    """What one declarer says that a person worked in a month on contracts of a territory, and what was validated of it."""

    contractor_id: str | None = None
    territory: str
    declared: Decimal = ZERO
    validated: Decimal = ZERO

    def is_of(self, one: Declarer) -> bool:
        """Whether the declarer answers for it."""
        return (self.contractor_id, self.territory) == one


class PersonMonth(Aggregate):
    """A participant's hours in a month, all contracts together: what two declarations at once cannot both overrun.

    A contractor answers for its own hours: its declarations over all its contracts of a territory stay within a legal month,
    and it learns of no others. Another territory's desk says by itself who is this contractor there, and a reference is
    somebody else's there: hours of a profile count over the territories in which the declaring account itself acts. All
    contractors together stay within the month when a facilitator validates, since only there somebody has the papers of both:
    were it refused at the declaration, whoever declares first, rightly or not, would shut out the true employer and tell a
    stranger how much the person works.

    ``hours`` is all that is declared; the release before this one counted by it and knew no shares.
    """

    participant_id: str
    month: Month
    hours: Decimal = ZERO
    shares: tuple[Share, ...] | None = None

    def settle(self, shares: tuple[Share, ...]) -> None:
        """Take over what the declarations say, where only their sum is known."""
        self.shares = shares
        self.hours = sum((share.declared for share in shares), ZERO)

    def take(
        self, hours: Decimal, limit: Decimal, now: datetime, by: Declarer, beside: Iterable[Declarer] = ()
    ) -> None:
        """Count ``hours`` that somebody declares. ``beside``: for whom else the same account declares, and so knows their hours.

        Raises:
            MonthlyLimitExceeded: with the hours that remain of their own.
        """
        theirs = {by, *beside}
        own = sum((share.declared for share in self.shares or () if any(map(share.is_of, theirs))), ZERO)
        if own + hours > limit:
            message = f"Une personne travaille {in_hours(limit)} par mois au plus, vos marchés confondus : il reste"
            raise _over_the_month(message, limit, limit - own, self.month)
        self._add(by, hours, ZERO, now)

    def confirm(self, hours: Decimal, limit: Decimal, now: datetime, by: Declarer, *, everywhere: bool) -> None:
        """Count ``hours`` as validated. ``everywhere``: the participant is a profile, the same person in each territory.

        Raises:
            MonthlyLimitExceeded: with the hours that remain, all contractors together.
        """
        those = [share for share in self.shares or () if everywhere or share.territory == by.territory]
        validated = sum((share.validated for share in those), ZERO)
        if validated + hours > limit:
            message = f"Une personne travaille {in_hours(limit)} par mois au plus, tous contrats confondus : il reste à valider"
            raise _over_the_month(message, limit, limit - validated, self.month)
        self._add(by, ZERO, hours, now)

    def give_back(self, hours: Decimal, now: datetime, by: Declarer, *, validated: bool = False) -> None:
        """Hours that count no longer."""
        self._add(by, -hours, -hours if validated else ZERO, now)

    def _add(self, by: Declarer, declared: Decimal, validated: Decimal, now: datetime) -> None:
        known = [share for share in self.shares or () if share.is_of(by)]
        share = known[0] if known else Share(contractor_id=by.contractor_id, territory=by.territory)
        changed = {"declared": share.declared + declared, "validated": share.validated + validated}
        others = tuple(one for one in self.shares or () if one is not share)
        self.shares = (*others, share.model_copy(update=changed))
        self.hours += declared
        self.touch(now)


def _over_the_month(message: str, limit: Decimal, remaining: Decimal, month: str) -> Refused:
    remaining = max(ZERO, remaining)
    return refused_field(
        MonthlyLimitExceeded,
        "hours",
        "monthly-limit",
        f"{message} {in_hours(remaining)} pour {civil.month_in_words(month)}.",
        limit_hours=str(limit),
        remaining_hours=str(remaining),
    )


def person_month_id(participant_id: str, month: str) -> str:
    """One document per participant and month."""
    return f"{participant_id}|{month}"
