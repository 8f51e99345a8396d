"""What is kept of those of whom little is heard: what a look found, and what a service answered."""

from datetime import datetime
from typing import Any

from services.profiles.domain.inactivity import Answer, Step
from services.profiles.domain.profile import Profile
from services.profiles.store import WATCHES
from shared.contracts.events.rights import Standing
from shared.store import Store, Work, encode

MOST_CODES, LONGEST_CODE = 20, 80
"""Of what one service says is under way: one is enough to keep somebody, the others say more of why. A telling may hold as much
as the largest record, and what is kept of five of them has to fit one document.
"""


def put_step(work: Work, profile: Profile, step: Step, **more: Any) -> None:
    """What a look found, with what follows from it."""
    fields = {"territory": profile.territory, "look_at": step.look_at, "last_act_at": step.last_act_at}
    fields |= {"kept_because": list(step.kept_because)} | more
    if step.active:
        fields |= {"warned_at": None, "postponed_until": None, "postponed_by": None}
    # ``request_id`` None ends what was asked: answers that come later are nobody's.
    if step.active or step.kept_because:
        fields |= {"request_id": None, "asked_at": None, "answers": {}}
    work.update(WATCHES, {"_id": profile.id}, {"$set": fields}, upsert=True)


async def take_standing(store: Store, told: Standing, now: datetime) -> None:
    """A service's answer. The next run of the job looks at it when it is the last."""
    codes = dict.fromkeys(code[:LONGEST_CODE] for code in told.running)
    answer = Answer(running=tuple(codes)[:MOST_CODES], last_act_at=told.last_act_at)
    await store.collection(WATCHES).update_one(
        {"request_id": told.request_id},
        {"$set": {f"answers.{told.service}": encode(answer), "look_at": now}},
    )
