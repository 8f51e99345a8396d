"""An employer who was a person and was erased: no message names them any more.

Messages stay, since they are their reader's («l'entretien n'aura pas lieu»): the name goes out of them, with the title of an
offer that says a part of it, and those that say where and with whom to meet go whole.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import DeleteMany, UpdateMany

from services.notifications.domain.living import Stand
from services.notifications.domain.matter import Matter
from shared.contracts.vocabulary import Notice
from shared.employers import NO_NAME, NO_TITLE, names
from shared.store import Store

_MEETINGS = [Notice.INTERVIEW_PROPOSED.value, Notice.INTERVIEW_MOVED.value, Notice.INTERVIEW_REMINDER.value]
_WHERE = ("place", "phone", "video_url", "contact", "to_bring")


def without_name(matter: Matter, stands: Mapping[str, Stand]) -> Matter:
    """A matter that comes after its offer was erased: without the name that it brings."""
    stand = stands.get(matter.params.get("offer_id", ""))
    if stand is None or stand.status is not None:
        return matter
    said = {"company": NO_NAME} | dict.fromkeys(_WHERE, "")
    if names(matter.params.get("offer_title", ""), matter.params.get("company", "")):
        said["offer_title"] = NO_TITLE
    params = {name: said.get(name, value) for name, value in matter.params.items()}
    appointment = matter.appointment and matter.appointment.model_copy(
        update={"summary": f"Entretien : {NO_NAME}", "location": "", "description": ""}
    )
    return matter.model_copy(update={"params": params, "appointment": appointment})


async def forget_names(store: Store, offers: Sequence[Mapping[str, Any]]) -> None:
    """Of offers as they were known. No index leads to what names them, so all messages are looked at: few employers are
    erased.
    """
    requests: list[DeleteMany | UpdateMany] = []
    for offer in offers:
        id, name = offer["_id"], offer["company"]
        requests.append(DeleteMany({"items.offer_id": id, "template": {"$in": _MEETINGS}}))
        taken: list[tuple[str, str]] = []
        # Nothing but blanks stands everywhere, and says of nobody who it is.
        if name.strip():
            title = offer["title"] if names(offer["title"], name) else ""
            listed = [*([(_titled(title, name), NO_TITLE)] if title else []), (_listed(name), NO_NAME)]
            alerted = {"template": Notice.SEARCH_ALERT.value, "items.text": {"$regex": _listed(name)}}
            requests.append(UpdateMany(alerted, [{"$set": _changed(listed)}]))
            # The title first: the name is a part of it.
            taken = [(_as_words(one), instead) for one, instead in ((title, NO_TITLE), (name, NO_NAME)) if one]
        requests.append(UpdateMany({"items.offer_id": id}, [{"$set": _changed(taken)}]))
    if requests:
        await store.collection("notifications").bulk_write(requests, ordered=True)
        ids = [offer["_id"] for offer in offers]
        gone = {"$or": [{"matter.offer_id": {"$in": ids}}, {"matter.params.offer_id": {"$in": ids}}]}
        await store.collection("waiting").delete_many(
            {**gone, "matter.template": {"$ne": Notice.INTERVIEW_CANCELLED.value}}
        )


def _changed(patterns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"items": _without(patterns), "version": {"$add": ["$version", 1]}}


def _without(patterns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The items of a message with what fits patterns taken out of what is read (beside each what stands for it), and no
    calendar's entry that has it.
    """

    def said(field: str) -> Any:
        text: Any = f"$$item.{field}"
        for one, instead in patterns:
            text = _replaced(text, one, instead)
        return text

    item = {"title": said("title"), "text": said("text"), "appointment": None, "facts": {}}
    return {"$map": {"input": "$items", "as": "item", "in": {"$mergeObjects": ["$$item", item]}}}


def _replaced(text: Any, pattern: str, instead: str) -> dict[str, Any]:
    before = {"$substrCP": ["$$text", "$$value.at", {"$subtract": ["$$this.idx", "$$value.at"]}]}
    replaced = {
        "$reduce": {
            "input": {"$regexFindAll": {"input": "$$text", "regex": {"$literal": pattern}}},
            "initialValue": {"said": "", "at": 0},
            "in": {
                "said": {"$concat": ["$$value.said", before, instead]},
                "at": {"$add": ["$$this.idx", {"$strLenCP": "$$this.match"}]},
            },
        }
    }
    rest = {"$substrCP": ["$$text", "$$done.at", {"$strLenCP": "$$text"}]}
    whole = {"$let": {"vars": {"done": replaced}, "in": {"$concat": ["$$done.said", rest]}}}
    return {"$let": {"vars": {"text": text}, "in": whole}}


def _as_words(name: str) -> str:
    """The name where it stands by itself: a household may be called «Li», which is in «Limoges» and half of «Li-Anne»."""
    sign = r"[\p{L}\p{N}]"
    begin = rf"(?<!{sign})(?<!{sign}-)" if name[:1].isalnum() else ""
    end = rf"(?!{sign})(?!-{sign})" if name[-1:].isalnum() else ""
    return f"{begin}{re.escape(name)}{end}"


def _listed(name: str) -> str:
    """The name where a line of an alert says the employer («title – name – place»). The other lines are of others, who lose no
    word because somebody was called «Aide» or «Guéret».
    """
    return rf"(?<= – ){re.escape(name)}(?= – )"


def _titled(title: str, name: str) -> str:
    return rf"(?:(?<=\n)|^){re.escape(title)}(?= – {re.escape(name)} – )"
