"""Steps between the shapes of stored documents (``shared.store.migrations``)."""

from services.profiles.domain.text import name_key
from shared.store.migrations import Document, Migration


def _every_script(profile: Document) -> None:
    details = profile["details"]
    profile["name_key"] = name_key(details["last_name"], details["first_name"])


PROFILE_STEPS = (Migration("names of any script are looked for by their own letters", _every_script),)
