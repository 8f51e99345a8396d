"""Erasing again who was erased after the copy was made that this database was restored from."""

from collections.abc import AsyncIterator
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.profiles.handles import Contacts, Profiles
from services.profiles.proofs import begin_proof, found_of, new_proof_id
from services.profiles.store import erase_contact, erase_profile
from shared.http import forget_answers
from shared.ids import IdFactory
from shared.kafka.erasing import forget_stuck
from shared.rights.holdings import Whose
from shared.store import Store, Work


class Erasure(BaseModel):
    """That somebody was erased: ids and times, nothing of the person. ``by_role`` is there for a person, ``version`` for an
    account that took its contact points back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    territory: str
    at: AwareDatetime
    by_role: str | None = None
    version: int = 0

    @property
    def of_person(self) -> bool:
        """A person, whose id is never anybody else's; an account may come back."""
        return self.by_role is not None


async def erasures(store: Store) -> AsyncIterator[Erasure]:
    """Every erasure that this database knows of."""
    async for row in store.collection("erasures").find({}).sort("_id", 1):
        yield Erasure(
            id=row["_id"],
            territory=row["territory"],
            at=row["at"],
            by_role=row.get("by_role"),
            version=row.get("version", 0),
        )


async def erase_again(store: Store, new_id: IdFactory, erasure: Erasure, now: datetime) -> bool:
    """Whether the copy had brought them back. Safe to repeat; events tell every other service, as the first time."""

    async def once() -> bool:
        return await (_person if erasure.of_person else _account)(store, Work(new_id), erasure, now)

    found = await store.retry_conflicts(once)
    if erasure.of_person:
        await forget_answers(store, erasure.id)
        await forget_stuck(store, erasure.id)
    return found


async def _person(store: Store, work: Work, erasure: Erasure, now: datetime) -> bool:
    profile = await Profiles(store).find(erasure.id)
    if profile is None:
        # Came and went after the copy: the id stays taken.
        row = {"territory": erasure.territory, "at": erasure.at, "by_role": erasure.by_role}
        work.update("erasures", {"_id": erasure.id}, {"$setOnInsert": row}, upsert=True)
        await store.commit(work)
        return False
    erase_profile(work, profile, erasure.by_role or "", now)
    found = await found_of(store, Whose(profile.id, profile.owner_id))
    begin_proof(work, profile.id, profile.territory, found, new_proof_id(), now)
    await store.commit(work)
    await store.collection("erasures").update_one({"_id": erasure.id}, {"$set": {"at": erasure.at}})
    return True


async def _account(store: Store, work: Work, erasure: Erasure, now: datetime) -> bool:
    contact = await Contacts(store).find(erasure.id)
    if contact is None or contact.created_at > erasure.at:
        row = {"$set": {"territory": erasure.territory, "at": erasure.at}, "$max": {"version": erasure.version}}
        work.update("erasures", {"_id": erasure.id}, row, upsert=True)
        await store.commit(work)
        return False
    erase_contact(work, contact, now)
    await store.commit(work)
    await store.collection("erasures").update_one(
        {"_id": erasure.id}, {"$set": {"at": erasure.at}, "$max": {"version": erasure.version}}
    )
    return True
