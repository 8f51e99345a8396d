"""The look that a message gets when it is about to go: what it tells of may have ended since it was written."""

from itertools import chain

from services.notifications import store
from services.notifications.domain import living
from services.notifications.domain.notification import Item, Notification
from services.notifications.templates.texts import Texts
from shared.store import Store


async def look_again(kept: Store, texts: Texts, message: Notification) -> int:
    """Leave out of ``message`` the offers that were heard to have ended; returns how many. Without an item it is not to go.

    What is heard after this look comes too late, as it would a second after the message has gone.
    """
    named = [living.named_in(message.template, item.offer_id, item.facts) for item in message.items]
    every = set(chain.from_iterable(named))
    stands = await store.stands_of(kept, every) if every else {}
    gone = [living.ended(message.template, ids, stands) for ids in named]
    items: list[Item] = []
    for item, ended in zip(message.items, gone, strict=True):
        if not ended:
            items.append(item)
        elif (left := living.without(item.facts, ended, stands)) is not None:
            anew = texts.item(message.matter_again(item.model_copy(update={"facts": left})), None)
            items.append(anew.model_copy(update={"facts": left, "link": item.link}))
    message.items = tuple(items)
    return len(frozenset(chain.from_iterable(gone)))
