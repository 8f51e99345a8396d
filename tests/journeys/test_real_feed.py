"""A real feed of a département as a partner delivers it, whole."""

from collections import Counter

import pytest

from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.service.offers.test_imports import REAL, delivered_twice
from tests.support import Stack


@pytest.mark.materials
async def test_the_real_file_twice_gives_the_same_result(stack: Stack, clock: HandClock) -> None:
    if not REAL.exists():
        pytest.skip("the large reference data is not beside the project")
    async with stack.running("offers", clock=clock) as running:
        rows = await delivered_twice(Desk(stack, running), REAL.read_bytes())
    assert len(rows) == 2807
    # France Travail moderates its offers: the linter must find next to nothing in them. Ten were read one by one: four ask
    # where people live, three for a nationality, three for an age, and each says so of who applies.
    reasons = Counter(error["rule"] for line in rows for error in line["errors"])
    assert reasons["place_too_vague"] > 300
    assert sum(reasons[rule] for rule in ("age_limit", "sex", "origin", "residence", "family", "health")) <= 12
