"""What notifications keeps of people who look for work."""

from datetime import datetime
from typing import Any

from services.notifications.domain.notification import Status
from shared.contracts.vocabulary import Channel
from shared.rights.answering import Known
from shared.rights.holdings import KEPT_ANSWERS, Holding, Whose, by
from shared.store import Store

_THEIRS = ("subject_id", "box", "about", "concerns")


def _messages(whose: Whose) -> dict[str, Any]:
    return {"$or": [{name: whose.profile_id} for name in _THEIRS]}


HOLDINGS = (
    Holding(
        "contacts",
        "Moyens de vous joindre",
        "Vous prévenir par le canal que vous avez choisi",
        lambda whose: {"subject_id": whose.profile_id, "kind": {"$exists": True}},
        frozenset({"version"}),
    ),
    Holding(
        "notifications",
        "Messages qui vous ont été adressés ou qui parlent de vous",
        "Vous prévenir, ou prévenir les personnes qui vous accompagnent",
        _messages,
        # The link by which whoever holds it takes messages back, and the sender's own marks.
        frozenset({"unsubscribe_token", "claimed", "attempts", "correlation_id", "caused_by", "version"}),
    ),
    Holding(
        "notifications",
        "E-mails en attente d'envoi",
        "Vous prévenir",
        lambda whose: _messages(whose) | {"channel": Channel.EMAIL.value, "status": Status.QUEUED.value},
        exported=False,
        name="mail_queue",
    ),
    Holding(
        "waiting",
        "Messages en attente",
        "Vous prévenir dès que c'est possible",
        lambda whose: {"$or": [{f"matter.{name}": whose.profile_id} for name in _THEIRS if name != "box"]},
    ),
    Holding(
        "preferences",
        "Vos choix d'abonnement",
        "Ne pas envoyer ce dont vous ne voulez pas",
        by("_id"),
        frozenset({"version"}),
    ),
    Holding(
        "applications",
        "Où en sont vos candidatures",
        "Ne signaler que ce qui change",
        by("profile_id"),
        frozenset({"version"}),
    ),
    KEPT_ANSWERS,
)


async def standing(store: Store, whose: Whose, now: datetime) -> Known:
    """Nothing is under way here; a message that the person read is an act of theirs."""
    who = [one for one in (whose.profile_id, whose.owner_id) if one is not None]
    read = {"box": whose.profile_id, "read_at": {"$type": "date"}, "read_by": {"$in": who}}
    rows = store.collection("notifications").find(read, {"read_at": 1}).sort("read_at", -1).limit(1)
    acts = [row["read_at"] async for row in rows]
    async for row in store.collection("preferences").find({"_id": whose.profile_id}, {"updated_at": 1}):
        acts.append(row["updated_at"])
    return Known((), max(acts, default=None))
