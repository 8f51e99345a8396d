"""How bodies travel that Schemathesis does not know by itself. It loads this module by ``SCHEMATHESIS_HOOKS``."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines_of_json(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
    """The text of an example as it stands."""
    return str(value).encode()
