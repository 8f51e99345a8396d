"""Steps between the shapes of stored documents (``shared.store.migrations``)."""

from services.profiles.domain.text import name_key
from shared.store.migrations import Document, Migration


def _every_script(profile: Document) -> None:
    details = profile["details"]
    profile["name_key"] = name_key(details["last_name"], details["first_name"])


_BORN_LATER = 2006
"""Whoever was born until then was an adult before this release."""


def _age_looked_at(profile: Document) -> None:
    year = profile["details"].get("birth_year")
    if isinstance(year, int) and year > _BORN_LATER and "next_change_on" not in profile:
        # A day that is over: the job looks at them at once. A step has no clock.
        profile["next_change_on"] = "1900-01-01"


def _statuses_apart(profile: Document) -> None:
    """They are moved to their own collection by the job that this day calls: a step sees one document only."""
    details = profile["details"]
    said, flags = details.pop("statuses", None) or {}, details.pop("reserved_eligible", None) or []
    profile.setdefault("reserved_eligible", flags)
    if any(said.values()) or flags:
        # An old release beside may say more after the first move; what was moved by then is found to stand.
        profile["earlier"] = {**said, "reserved_eligible": flags}
        profile["next_change_on"] = "1900-01-01"


PROFILE_STEPS = (
    Migration("names of any script are looked for by their own letters", _every_script),
    Migration("statuses stand apart from the profile", _statuses_apart),
    Migration("people who may be under eighteen are looked at again", _age_looked_at),
)
