"""``docs/settings.md``: every setting with its meaning, its default and what it may be, from the settings' own classes."""

import importlib
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo

from deploy.access.setting_up import AccessSettings
from deploy.env_example import compose_defaults
from shared.contracts.topics import SERVICES
from shared.settings import Settings, is_secret, variable_of

_HEAD = """# Settings

Generated from `shared/settings.py` and `services/*/settings.py`; change them there. Each is an environment variable; a wrong
value stops the start with a sentence that names it, and so does a misspelt name.
What is marked *secret* is shown in no log and no message.
"""
_COLUMNS = "| variable | default | may be | meaning |\n|---|---|---|---|"
_BOUNDS = (("ge", "≥ {}"), ("gt", "> {}"), ("le", "≤ {}"), ("pattern", "`{}`"))

# The gateway is nginx and a shell script (deploy/gateway/start.sh), so nothing but this says what its variables mean.
GATEWAY = {
    "GATEWAY_CORS_ORIGINS": "Front ends of other origins that may call from a browser, by commas; empty: none",
    "GATEWAY_RATE": "Requests of one address, `s` for a second or `m` for a minute; beyond them 429",
    "GATEWAY_BURST": "Requests of one address that may come at once beyond its rate",
    "GATEWAY_CONNECTIONS": "Connections of one address at a time, event streams among them",
    "GATEWAY_TLS": "`off`: behind somebody else who ends TLS",
    "GATEWAY_PROXY": "Addresses or networks of whoever stands in front, by commas: there the caller is whom it names",
}
_NO_SETTING_OF_ANY_SERVICE = """Variables of `docker-compose.yml` for places, images, memory, copies and accounts, which no
process reads, are in `docs/env.example` with their defaults.
"""


class Undescribed(Exception):
    """A setting says nothing about itself; the message names it."""


def settings_page(own: Iterable[tuple[str, type[Settings]]] | None = None) -> str:
    """The page.

    Raises:
        Undescribed: when a setting has no description.
    """
    chosen = _services() if own is None else own
    parts = [_HEAD, "## All services\n", _table(Settings.model_fields)]
    for name, settings in chosen:
        fields = {
            field: info
            for field, info in settings.model_fields.items()
            if field not in Settings.model_fields or info.default != Settings.model_fields[field].default
        }
        if fields:
            parts += [f"## {name.capitalize()}\n", _table(fields)]
    beyond = {name: field for name, field in AccessSettings.model_fields.items() if name not in Settings.model_fields}
    parts += ["## The job `init`\n", _table(beyond), "## The gateway\n", _gateway(), _NO_SETTING_OF_ANY_SERVICE]
    return "\n".join(parts)


def _gateway() -> str:
    lines = ["| variable | default | meaning |\n|---|---|---|"]
    for variable, default in compose_defaults().items():
        if variable.startswith("GATEWAY_"):
            if variable not in GATEWAY:
                raise Undescribed(
                    f"Compose hands {variable} to the gateway: say what it means (deploy/settings_page.py)."
                )
            lines.append(f"| `{variable}` | {_shown(default)} | {GATEWAY[variable]} |")
    return "\n".join(lines) + "\n"


def _services() -> list[tuple[str, type[Settings]]]:
    return [(name, importlib.import_module(f"services.{name}.app").SERVICE.settings) for name in SERVICES]


def _table(fields: dict[str, FieldInfo]) -> str:
    lines = [_COLUMNS]
    for name, field in fields.items():
        if not (field.description or "").strip():
            raise Undescribed(f"The setting {name} has no description: give it one in its Field(description=…).")
        secret = " *(secret)*" if is_secret(name) else ""
        cells = (f"`{variable_of(name, field)}`{secret}", _shown(field.default), _range(field), field.description or "")
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    """A default as it would be written into the environment."""
    if value is None or value in ("", ()):
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`"
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _range(field: FieldInfo) -> str:
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        return ", ".join(f"`{member.value}`" for member in field.annotation)
    if isinstance(field.default, bool) or field.annotation == bool | None:
        return "`true`, `false`"
    found = {name: getattr(rule, name) for rule in field.metadata for name, _ in _BOUNDS if hasattr(rule, name)}
    bounds = [form.format(_number(found[name])) for name, form in _BOUNDS if found.get(name) is not None]
    return " and ".join(bounds)


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float | Decimal) else str(value)
