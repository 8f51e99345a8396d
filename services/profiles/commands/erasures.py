"""Erasing again who was erased after the copy was made that this database was restored from."""

from collections.abc import AsyncIterator
from datetime import datetime

from services.profiles.commands.accounts import take_off_again
from services.profiles.commands.proofs import begin_proof, found_of, new_proof_id
from services.profiles.commands.rsa_people import forget_again
from services.profiles.context import Context
from services.profiles.domain.journal import Action
from services.profiles.handles import Contacts, Profiles
from services.profiles.store import erase_contact, erase_profile
from shared.http import forget_answers
from shared.kafka.erasing import forget_stuck
from shared.rights.erasures import Erasure, ErasureKind
from shared.rights.holdings import Whose
from shared.store import Store, Work


async def erasures(store: Store) -> AsyncIterator[Erasure]:
    """Every erasure that this database knows of, which accounts were taken off which profiles, and who of the list of RSA
    recipients asked not to be kept.
    """
    async for row in store.collection("erasures").find({}).sort("_id", 1):
        yield Erasure(
            id=row["_id"],
            territory=row["territory"],
            at=row["at"],
            by_role=row.get("by_role"),
            version=row.get("version", 0),
        )
    journal = store.collection("journal")
    async for row in journal.find({"action": Action.ACCOUNT_REMOVED.value}).sort("_id", 1):
        pair = {"profile_id": row["profile_id"], "concerns": row["concerns"]}
        back = await journal.find_one(
            {**pair, "action": Action.ACCOUNT_LINKED.value, "_id": {"$gt": row["_id"]}}, {"at": 1}, sort=[("_id", -1)]
        )
        yield Erasure(
            kind=ErasureKind.ACCOUNT,
            id=row["concerns"],
            of=row["profile_id"],
            territory=row["territory"],
            at=row["at"] if back is None else back["at"],
            by=row["acted_by"],
            by_role=row["role"],
            reason=row["reason"],
            linked=back is not None,
        )
    async for row in store.collection("rsa_decisions").find({"objected": True}).sort("_id", 1):
        yield Erasure(
            kind=ErasureKind.LISTED,
            id=row["_id"],
            territory=row["territory"],
            at=row["updated_at"],
            by=row["decided_by"],
        )


async def erase_again(context: Context, erasure: Erasure) -> bool:
    """Whether the copy had brought them back. Safe to repeat; events tell every other service, as the first time."""
    if erasure.kind is ErasureKind.ACCOUNT:
        return await take_off_again(context, erasure)
    if erasure.kind is ErasureKind.LISTED:
        return await forget_again(context, erasure.id, erasure.territory, erasure.by or "")
    store, new_id, now = context.store, context.new_id, context.clock.now()

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
