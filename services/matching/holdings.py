"""What matching keeps of people who look for work."""

from datetime import datetime

from shared.rights.answering import Known
from shared.rights.holdings import KEPT_ANSWERS, Holding, Whose, by
from shared.store import Store

_PACKED = frozenset({"facts", "packed", "layout", "partition", "version"})


HOLDINGS = (
    Holding(
        "profiles",
        "Ce que le moteur de recommandations sait de vous",
        "Comparer les offres à ce que vous cherchez (le contenu est celui de votre profil)",
        lambda whose: {"_id": whose.profile_id, "facts": {"$exists": True}},
        _PACKED,
    ),
    Holding(
        "recommendations",
        "Recommandations et leurs raisons",
        "Vous proposer des offres et dire pourquoi",
        by("profile_id"),
        frozenset({"version"}),
    ),
    Holding(
        "overrides",
        "Offres écartées, épinglées ou ajoutées",
        "Respecter votre choix et celui des personnes qui vous accompagnent",
        by("profile_id"),
    ),
    Holding(
        "applications",
        "Vos candidatures, vues du moteur",
        "Ne pas recommander une offre à laquelle vous avez répondu",
        by("profile_id"),
        frozenset({"version"}),
    ),
    KEPT_ANSWERS,
)


async def standing(store: Store, whose: Whose, now: datetime) -> Known:
    """Nothing is under way here; what the person looked at or decided are their acts."""
    acts: list[datetime] = []
    async for row in store.collection("overrides").find({"profile_id": whose.profile_id}, {"at": 1}):
        acts += [row["at"]] if isinstance(row.get("at"), datetime) else []
    seen = {"profile_id": whose.profile_id, "seen_at": {"$type": "date"}}
    async for row in store.collection("recommendations").find(seen, {"seen_at": 1}).sort("seen_at", -1).limit(1):
        acts.append(row["seen_at"])
    return Known((), max(acts, default=None))
