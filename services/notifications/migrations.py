"""Steps between the shapes of stored documents (``shared.store.migrations``)."""

from shared.store.migrations import Document, Migration


def _of_others(notification: Document) -> None:
    box = notification.get("box")
    about = notification.get("about") or notification["subject_id"]
    notification.setdefault("of_others", box is not None and box != about)


NOTIFICATION_STEPS = (Migration("items that speak of somebody else than their reader", _of_others),)
