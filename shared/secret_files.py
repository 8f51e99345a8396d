"""Secrets as files: ``BASSIN_SMTP_PASSWORD_FILE=/run/secrets/smtp`` says where ``BASSIN_SMTP_PASSWORD`` is written.

Orchestrators mount secrets as files, because variables show in inspections and are handed to children.
"""

import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

SUFFIX = "_FILE"
MOST_BYTES = 64_000


class SecretFiles(PydanticBaseSettingsSource):
    """Reads ``<VARIABLE>_FILE`` for every setting whose variable is not set itself (empty is not set, on both sides)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The text of the file without its last line break, under the name that the setting is known by."""
        alias = field.validation_alias
        variable = alias if isinstance(alias, str) else f"{self.config.get('env_prefix', '')}{field_name}".upper()
        path = os.environ.get(variable + SUFFIX)
        if not path:
            return None, variable, False
        return _text(variable, path), alias if isinstance(alias, str) else field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every setting that a file holds.

        Raises:
            UnreadableSecret: a file is not there, not readable, too large, no text; or the variable is set as well.
        """
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key] = value
        return found


class UnreadableSecret(Exception):
    """A ``*_FILE`` cannot be used; the message is a sentence for the operator and holds nothing of the file."""


def _text(variable: str, path: str) -> str | None:
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = "is no text" if isinstance(error, UnicodeDecodeError) else f"cannot be read ({type(error).__name__})"
        raise UnreadableSecret(f"{variable}{SUFFIX} names a file that {reason}.") from None
    if len(raw) > MOST_BYTES:
        raise UnreadableSecret(f"{variable}{SUFFIX} names a file of more than {MOST_BYTES} bytes.")
    if raw and os.environ.get(variable):
        raise UnreadableSecret(f"{variable} and {variable}{SUFFIX} are both set; one of them must go.")
    # Editors and `echo` end a file with a line break, which is no part of a password.
    # An empty file is a secret that was not filled in.
    return text.removesuffix("\n").removesuffix("\r") or None
