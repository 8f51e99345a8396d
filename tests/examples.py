"""How many generated examples a property is tried on: few at each run, many where somebody looks further."""

import os
from typing import Any

from hypothesis import settings

_TIMES = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else float(os.environ.get("EXAMPLES", "1"))


def examples(number: int, **others: Any) -> settings:
    """Settings with so many examples at a usual run, ``EXAMPLES`` times as many with that variable, 10 times in ``explore``."""
    return settings(max_examples=max(1, round(number * _TIMES)), deadline=None, **others)
