"""What a facilitator reads of alerts, and when: the urgent at once, the rest in one digest a day."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Self

from services.clauses.domain.alerts import AlertKind, Fact
from services.clauses.domain.contract import Contract
from shared.domain import Aggregate

DIGEST_TITLES = 5
"""Contracts that a digest names of a kind; of the rest it says how many."""


class Digest(Aggregate):
    """The day on which a facilitator (``id``: the account) had a digest last."""

    told_on: date

    @classmethod
    def begin(cls, user_id: str, territory: str, today: date, now: datetime) -> Self:
        """Their first."""
        digest = cls(id=user_id, territory=territory, created_at=now, updated_at=now, told_on=today)
        digest.touch(now)
        return digest

    def tell(self, today: date, now: datetime) -> bool:
        """False where they had today's."""
        if self.told_on >= today:
            return False
        self.told_on = today
        self.touch(now)
        return True


def is_urgent(contract: Contract, kind: AlertKind, news: Iterable[Fact], today: date) -> bool:
    """What no facilitator should read a day later: an eligibility that ends within ``SOON_DAYS`` (or has ended), and hours
    that are late when the contract is over, because no later period brings them.
    """
    if kind is AlertKind.ELIGIBILITY_ENDING:
        return any(one.what.startswith("soon:") for one in news)
    return kind is AlertKind.HOURS_LATE and today > contract.last_day


def desk_says(contract: Contract, kind: AlertKind, says: Mapping[str, str], today: date) -> dict[str, str]:
    """What a facilitator reads of one alert: more than a contractor, and that an offer is wished for while it can help."""
    if kind is AlertKind.HOURS_LATE:
        return {**says, "to_desk": "yes"}
    if kind is AlertKind.SHORTFALL and today <= contract.last_day:
        return {**says, "offer": "yes"}
    return dict(says)


def digest_says(alerts: Iterable[tuple[AlertKind, str]]) -> dict[str, str]:
    """What a digest's text is filled with, of (kind, contract's title): titles by kind, and how many more."""
    by_kind: dict[AlertKind, set[str]] = {}
    for kind, title in alerts:
        by_kind.setdefault(kind, set()).add(title)
    says = {}
    for kind, titles in by_kind.items():
        named = sorted(titles)
        says[kind.value] = " ; ".join(named[:DIGEST_TITLES])
        if len(named) > DIGEST_TITLES:
            says[f"{kind.value}_more"] = str(len(named) - DIGEST_TITLES)
    return says
