"""``docs/env.example``: the file that ``.env`` is made of, with every setting that is the operator's choice."""

import importlib
import re
from pathlib import Path

from pydantic.fields import FieldInfo

from deploy.access.setting_up import AccessSettings
from shared.contracts.topics import SERVICES
from shared.settings import Settings, is_secret, variable_of

COMPOSE = Path(__file__).resolve().parents[1] / "docker-compose.yml"

_HEAD = """# Settings of an installation with docker-compose.yml. Copy to .env and fill in. Generated from the settings' classes.
# Secrets are files in ./secrets (make compose-secrets); a setting NAME may also be given as NAME_FILE, a file in the container.

# --- Must be filled in ---
# The address of the gateway, as people type it.
BASSIN_ORIGIN=
# Who signs tokens: …/.well-known/openid-configuration of the identity provider, the URL of its key set, or
# /keys/jwks.json for the file secrets/keys/jwks.json.
BASSIN_JWKS=
# The mail server; leave it empty and nobody is told anything by e-mail. Its password: secrets/smtp_password.
BASSIN_SMTP_HOST=
BASSIN_SMTP_FROM=

# --- The place of installation ---
"""
FIXED = {
    # Made by compose itself, or of no use in a container.
    "BASSIN_HOST",
    "BASSIN_PORT",
    "BASSIN_WORKER_PORT",
    "BASSIN_CORS_ORIGINS",
    "BASSIN_KAFKA_USERNAME",
    "BASSIN_MONGODB_USERNAME",
}
_SHOWN = {"BASSIN_ORIGIN", "BASSIN_JWKS", "BASSIN_SMTP_HOST", "BASSIN_SMTP_FROM"}
# Says where this file is, so it cannot be in it.
_ELSEWHERE = {"BASSIN_ENV_FILE"}
# Where the local stack runs, and the release that the image was built of.
_NO_SETTINGS = {"BASSIN_RUN_DIR", "BASSIN_VERSION"}
REALM = COMPOSE.parent / "deploy" / "identity" / "realm.json"
_CHOICE = re.compile(r"\$\{(\w+):?-((?:[^{}]|\$\{[^{}]*\})*)\}")
_REQUIRED = re.compile(r"\$\{(\w+):\?[^{}]*\}")


class TwoDefaults(Exception):
    """Compose says two things about what a variable is when nobody chooses; the message names it."""


def compose_defaults(text: str | None = None) -> dict[str, str]:
    """What ``docker-compose.yml`` uses where the operator chooses nothing, by variable, in its order.

    Raises:
        TwoDefaults: two places of the file differ.
    """
    found: dict[str, str] = {}
    for line in (COMPOSE.read_text() if text is None else text).splitlines():
        for name, default in _CHOICE.findall("" if line.lstrip().startswith("#") else line):
            shown = _REQUIRED.sub(r"${\1}", default)
            if name not in _SHOWN and found.setdefault(name, shown) != shown:
                raise TwoDefaults(f"{name}: {found[name]!r} and {shown!r}")
    return found


def env_example() -> str:
    """The file."""
    classes = {name: importlib.import_module(f"services.{name}.app").SERVICE.settings for name in SERVICES}
    settings = {variable_of(key, field) for one in classes.values() for key, field in one.model_fields.items()}
    defaults = compose_defaults()
    place = [f"#{name}={value}\n" for name, value in defaults.items() if name not in settings | _SHOWN | _ELSEWHERE]
    parts = [_HEAD, *place, "\n# --- All services ---\n", *_lines(Settings.model_fields, defaults)]
    for name, one in classes.items():
        own = {key: field for key, field in one.model_fields.items() if key not in Settings.model_fields}
        if own:
            parts += [f"\n# --- {name} ---\n", *_lines(own, defaults)]
    return "".join(parts)


def variables() -> str:
    """``shared/variables.txt``: every variable that anything reads, a line each: settings, the compose file, the local stack."""
    classes = [importlib.import_module(f"services.{name}.app").SERVICE.settings for name in SERVICES]
    settings = {
        variable_of(key, field) for one in (*classes, AccessSettings) for key, field in one.model_fields.items()
    }
    # The identity provider's; its mail server has nearly the names that the services have for theirs, and compose gives them.
    asked = {name for name in _named(REALM) if not name.startswith("BASSIN_SMTP_")}
    return "".join(f"{name}\n" for name in sorted(settings | _named(COMPOSE) | asked | _NO_SETTINGS))


def _named(file: Path) -> set[str]:
    return set(re.findall(r"\$\{(BASSIN_\w+)", file.read_text()))


def _lines(fields: dict[str, FieldInfo], defaults: dict[str, str]) -> list[str]:
    lines = []
    for name, field in fields.items():
        variable = variable_of(name, field)
        if variable in FIXED | _SHOWN or (is_secret(name) and not field.validation_alias):
            continue
        text = defaults[variable] if variable in defaults else _written(field.default)
        lines.append(f"# {field.description}\n#{variable}={text}\n")
    return lines


def _written(default: object) -> str:
    if default is None or default == ():
        return ""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return str(default).lower() if isinstance(default, bool) else str(default)
