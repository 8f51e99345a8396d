"""Refusals of this service, named for the fact."""

from shared.errors import NotFound


class NoSuchItem(NotFound):
    """No item with this id in an inbox that the caller may read."""

    code = "inbox-item-not-found"


class NoSuchInbox(NotFound):
    """No subject with this id, or not in the caller's caseload: the two are not told apart."""

    code = "inbox-not-found"


class NoSuchLink(NotFound):
    """An unsubscribe link that is not, or no longer, one of ours."""

    code = "link-not-found"
