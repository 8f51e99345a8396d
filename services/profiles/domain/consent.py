"""Words that every agreement of a person has: how they are reached, and how who acts for them heard it."""

from shared.errors import FieldError
from shared.kept_enum import StoredEnum


class ContactPoint(StoredEnum):
    """A way to reach the person. ``counsellor``: through who accompanies them, whose contact points are shown instead."""

    EMAIL = "email"
    PHONE = "phone"
    COUNSELLOR = "counsellor"


class Heard(StoredEnum):
    """How somebody who acts for the person heard that they agree."""

    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"
    IN_WRITING = "in_writing"


HEARD_AS = {Heard.IN_PERSON: "de vive voix", Heard.BY_PHONE: "par téléphone", Heard.IN_WRITING: "par écrit"}
"""As people say it: in what they are given out, and in what a refusal asks for."""


def unheard(what: str) -> FieldError:
    """Nobody says how it was heard. ``what``: what the person did («a donné son accord»)."""
    *others, last = HEARD_AS.values()
    return FieldError("heard", "required", f"Dites comment la personne {what} : {', '.join(others)} ou {last}.")
