"""Whether what a message asks people to look at is still there: asked when it is told, and once more when it leaves."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import timedelta

from services.notifications.domain import recommendations
from services.notifications.domain.matter import Matter
from shared.contracts.vocabulary import Notice, OfferStatus

INVITED = "application_invited"
TELLS_OF_SHOWN = frozenset({recommendations.TEMPLATE, INVITED, Notice.SEARCH_ALERT.value})
"""They send people to an offer, which must take applications."""
ASKS_EMPLOYER = frozenset({Notice.OFFER_CONFIRM_REMINDER.value, Notice.SCHEDULE_ASKED.value})
"""They ask an employer about an offer, which must not be over."""
UNTOLD = frozenset({recommendations.TEMPLATE, Notice.SEARCH_ALERT.value})
"""Nobody is told these of an offer that ended; an invitation stays in the inbox, since its refusal follows there."""

ALERT_WAITS = timedelta(minutes=1)
"""Topics come in any order: an offer that looks ended may be one that came back, which is heard a moment later."""
ENDED = "offer-ended"
"""Why a message did not leave, where staff read what became of messages."""
_SHOWN = frozenset({OfferStatus.PUBLISHED.value})
_OVER = frozenset(
    status.value for status in (OfferStatus.FILLED, OfferStatus.CLOSED, OfferStatus.WITHDRAWN, OfferStatus.ARCHIVED)
)
_NAMED = 10


@dataclass(frozen=True)
class Stand:
    """How an offer stands as far as it was heard. ``line`` names it in a list; an erased one has none."""

    status: str | None
    elsewhere: bool = False
    line: str = ""

    def lives(self, template: str) -> bool:
        """Whether a message of this template may still speak of it."""
        if self.status is None:
            return False
        if template in ASKS_EMPLOYER:
            return self.status not in _OVER
        return template not in TELLS_OF_SHOWN or (self.status in _SHOWN and not self.elsewhere)


def named_in(template: str, offer_id: str | None, params: Mapping[str, str]) -> tuple[str, ...]:
    """The offers that must live for a message to be worth its reader's while; none for all other messages."""
    if template not in TELLS_OF_SHOWN | ASKS_EMPLOYER:
        return ()
    listed = params.get("offer_ids", params.get("offer_id", offer_id or ""))
    return tuple(listed.split())


def ended(template: str, named: tuple[str, ...], offers: Mapping[str, Stand]) -> frozenset[str]:
    """Those of them that ended. One that nobody has heard of lives: who tells of it knows it."""
    return frozenset(id for id in named if id in offers and not offers[id].lives(template))


def waits(matter: Matter, waited: timedelta | None) -> bool:
    """Whether a matter whose offer ended is kept for a while. A recommendation is until it is withdrawn, as it will be, or the
    offer comes back; an alert for a moment.
    """
    if matter.template == recommendations.TEMPLATE:
        return True
    return waited is None or waited < ALERT_WAITS


def without(params: dict[str, str], gone: Set[str], offers: Mapping[str, Stand]) -> dict[str, str] | None:
    """What an alert says without the offers that ended: the next ones take their place in the list. None: nothing is left."""
    ids = params.get("offer_ids", "").split()
    if not ids:
        return None
    lines = dict(zip(ids, params["offers"].split("\n"), strict=False))
    left = [id for id in ids if id not in gone]
    count = int(params["count"]) - len(ids) + len(left)
    if count <= 0:
        return None
    named = [line for id in left if (line := lines.get(id) or (offers[id].line if id in offers else ""))][:_NAMED]
    changed = {"offer_ids": "\n".join(left), "offers": "\n".join(named), "count": str(count)}
    return {**params, **changed, "others": str(count - len(named))}
