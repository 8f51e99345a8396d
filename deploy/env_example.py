"""``docs/env.example``: the file that ``.env`` is made of, with every setting that is the operator's choice."""

import importlib
from pathlib import Path

from pydantic.fields import FieldInfo

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
PLACE = (
    "BASSIN_IMAGE=bassin:latest",
    "BASSIN_GATEWAY_IMAGE=bassin-gateway:latest",
    "BASSIN_SECRETS=./secrets",
    "BASSIN_HTTPS_LISTEN=443",
    "BASSIN_HTTP_LISTEN=80",
    "BASSIN_PARTNERS_LISTEN=127.0.0.1:9094",
    "BASSIN_PARTNERS_ADDRESS=localhost:9094",
    "GATEWAY_CORS_ORIGINS=",
    "GATEWAY_RATE=50r/s",
    "GATEWAY_BURST=200",
    "GATEWAY_CONNECTIONS=100",
    "GATEWAY_TLS=on",
    "GATEWAY_PROXY=",
    "BASSIN_MATCHING_WORKER_REPLICAS=1",
)
FIXED = {
    # Made by compose itself, or of no use in a container.
    "BASSIN_HOST",
    "BASSIN_PORT",
    "BASSIN_WORKER_PORT",
    "BASSIN_CORS_ORIGINS",
    "BASSIN_KAFKA_USERNAME",
    "BASSIN_MONGODB_USERNAME",
}
_SHOWN = {"BASSIN_JWKS", "BASSIN_SMTP_HOST", "BASSIN_SMTP_FROM"}


def env_example() -> str:
    """The file."""
    parts = [_HEAD, *(f"#{line}\n" for line in PLACE), "\n# --- All services ---\n", *_lines(Settings.model_fields)]
    for name in SERVICES:
        settings: type[Settings] = importlib.import_module(f"services.{name}.app").SERVICE.settings
        own = {key: field for key, field in settings.model_fields.items() if key not in Settings.model_fields}
        if own:
            parts += [f"\n# --- {name} ---\n", *_lines(own)]
    return "".join(parts)


def _lines(fields: dict[str, FieldInfo]) -> list[str]:
    lines = []
    for name, field in fields.items():
        variable = variable_of(name, field)
        if variable in FIXED | _SHOWN or (is_secret(name) and not field.validation_alias):
            continue
        default = field.default
        shown = "" if default is None or default == () else default
        text = ",".join(map(str, shown)) if isinstance(shown, tuple) else str(shown)
        lines.append(f"# {field.description}\n#{variable}={text.lower() if isinstance(shown, bool) else text}\n")
    return lines
