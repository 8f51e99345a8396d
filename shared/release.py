"""Which release this process runs: the image says it (``BASSIN_VERSION``); a checkout is ``development``."""

import os
from typing import Final

RELEASE: Final = os.environ.get("BASSIN_VERSION") or "development"
