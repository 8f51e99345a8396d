"""Erasure: how a name is taken out of everything."""

from datetime import datetime
from typing import Any

from pymongo import UpdateMany

from services.clauses.domain.reference import is_profile
from services.clauses.queries.erased import erasure_key
from services.clauses.store import NOBODYS, of_participant
from shared.store import Store, Work


async def mark_erased(
    store: Store, participant_id: str, now: datetime, *, territory: str = "", by: str | None = None
) -> None:
    """That somebody is erased, to be known before what is kept of them is looked for: whoever writes them down meanwhile finds
    the mark after their own commit (``forget_if_erased``), or is found by the look. ``by``: the facilitator who erased a
    reference.
    """
    desk = {} if is_profile(participant_id) else {"by": by, "reference": participant_id, "territory": territory}
    key = erasure_key(participant_id, territory)
    await store.collection("erasures").update_one({"_id": key}, {"$setOnInsert": {"at": now, **desk}}, upsert=True)


def forget_person(work: Work, participant_id: str, pseudonym: str, *, territory: str = "") -> None:
    """Take a profile's id out of everything, or a desk's reference out of what is its territory's.

    The entries stay together under ``pseudonym``. ``mark_erased`` comes first.
    """
    named = of_participant(participant_id, territory)
    here = {name: value for name, value in named.items() if name == "territory"}
    renamed: dict[str, Any] = {"participant_id": pseudonym}
    # What stands before the name in a slot may hold the same letters (``slot_of``).
    before = {"$concat": ["$contract_id", "\x1f", {"$ifNull": ["$lot_id", ""]}, "\x1f"]}
    after = {"$add": [{"$strLenCP": before}, len(participant_id)]}
    rest = {"$substrCP": ["$slot", after, {"$strLenCP": "$slot"}]}
    slot = {"$concat": [before, pseudonym, rest]}
    # The version goes up, so that whoever has read a declaration does not write the id back.
    declared = renamed | {
        "version": {"$add": ["$version", 1]},
        "slot": {"$cond": [{"$eq": [{"$type": "$slot"}, "string"]}, slot, "$slot"]},
        # What people wrote may name anybody; that there was a paper, of what kind and day, is the audit trail's.
        "reason": None,
        "evidence": {
            "$map": {"input": "$evidence", "as": "one", "in": {"$mergeObjects": ["$$one", {"reference": None}]}}
        },
    }
    work.bulk("hours", [UpdateMany(named, [{"$set": declared}])])
    work.bulk("ledger", [UpdateMany(named, {"$set": renamed | {"reason": None}})])
    work.bulk("presences", [UpdateMany(named, {"$set": renamed})])
    work.delete("tallies", {"people": participant_id, **here})
    # Of a reference also another desk's of the same name: made anew from the declarations when it is asked for.
    work.delete("person_months", {"participant_id": participant_id})
    work.delete("participants", named)
    # What the reports count by stays, under the pseudonym; what could lead back to one person in a small commune does not.
    stays = {"participant_id": pseudonym, "version": {"$add": ["$version", 1]}, "consented_on": None}
    unknown = dict.fromkeys(("terms.birth_year", "terms.guardian_consent_on", "terms.commune_code", "terms.prescriber"))
    work.bulk("persons", [UpdateMany(named, [{"$set": stays | unknown}])])
    untold: dict[str, Any] = {"version": {"$add": ["$version", 1]}, "opinion": None, "reason": None, "evidence": []}
    work.bulk("eligibilities", [UpdateMany(named, [{"$set": renamed | untold}])])
    led_back = dict.fromkeys(("terms.workplace", "terms.workplace_commune_code", "terms.support"))
    places: dict[str, Any] = {"version": {"$add": ["$version", 1]}, **led_back}
    work.bulk("employments", [UpdateMany(named, [{"$set": renamed | places}])])
    work.bulk("hires", [UpdateMany(named, NOBODYS)])
    untell: dict[str, Any] = {"$pull": {"facts": {"participant_id": participant_id}}, "$inc": {"version": 1}}
    work.bulk("alerts", [UpdateMany({"facts.participant_id": participant_id, **here}, untell)])
