"""A handle for each kind of aggregate of notifications: nothing else knows in which collection it is."""

from services.notifications.domain.notification import Notification
from services.notifications.domain.preferences import Preferences
from shared.handles import Handle, SavingHandle
from shared.once import made_once
from shared.store import Store


class Notifications(Handle[Notification]):
    """Inbox items and messages. What a telling writes goes together (``store.put``)."""

    model, collection, what = Notification, "notifications", "Ce message"


class Choices(SavingHandle[Preferences]):
    """What people want by e-mail."""

    model, collection, what = Preferences, "preferences", "Ce choix"


class Handles:
    """Both, for a context that has a store."""

    store: Store

    @made_once
    def notifications(self) -> Notifications:
        """Inbox items and messages."""
        return Notifications(self.store)

    @made_once
    def choices(self) -> Choices:
        """What people want by e-mail."""
        return Choices(self.store)
