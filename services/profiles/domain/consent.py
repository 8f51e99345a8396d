"""Words that every agreement of a person has: how they are reached, and how who acts for them heard it."""

from enum import StrEnum


class ContactPoint(StrEnum):
    """A way to reach the person. ``counsellor``: through who accompanies them, whose contact points are shown instead."""

    EMAIL = "email"
    PHONE = "phone"
    COUNSELLOR = "counsellor"


class Heard(StrEnum):
    """How somebody who acts for the person heard that they agree."""

    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"
    IN_WRITING = "in_writing"
