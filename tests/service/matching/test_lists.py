"""To how many people an offer is shown, and in which order somebody's offers stand."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.allocation import Demand, exposure_budget, widening_step
from services.matching.domain.order import Listed, in_order, surplus
from services.matching.domain.scale import SCALE
from tests.service.matching.pairs import OFFER, RULES
from tests.service.matching.worlds import TODAY


def test_exposure_follows_positions_applications_and_silence() -> None:
    offer = replace(OFFER, positions=2, published_day=TODAY - 8)
    assert exposure_budget(offer, Demand(pending=3, last_day=TODAY), RULES, TODAY) == 37
    assert (widening_step(offer, Demand(), RULES, TODAY), exposure_budget(offer, Demand(), RULES, TODAY)) == (1, 60)
    assert widening_step(replace(offer, published_day=TODAY - 400), Demand(), RULES, TODAY) == 3
    # Somebody applied and was answered: silence counts from then.
    assert widening_step(offer, Demand(pending=0, last_day=TODAY - 2), RULES, TODAY) == 0


def test_a_place_that_few_others_see_is_worth_more_to_each() -> None:
    alone, crowded = surplus(6_000, 1, 1, RULES.crowding), surplus(6_000, 20, 1, RULES.crowding)
    assert alone == 6_000 > crowded == surplus(6_000, 40, 2, RULES.crowding)
    assert surplus(6_000, 0, 1, RULES.crowding) == surplus(6_000, 2, 3, RULES.crowding) == 6_000, (
        "a chance is never above one"
    )
    assert surplus(6_500, 20, 1, RULES.crowding) < alone < surplus(6_500, 1, 1, RULES.crowding)
    by_score = RULES.model_copy(update={"crowding": 0})
    assert surplus(6_000, 400, 1, by_score.crowding) == 6_000


@given(st.lists(st.tuples(st.integers(3_000, 10_000), st.booleans(), st.integers(0, 60)), max_size=20))
def test_a_list_never_lifts_a_poor_fit_over_a_clearly_better_one(rows: list[tuple[int, bool, int]]) -> None:
    items = [Listed(score * SCALE, f"offer-{at}", own, crowd, 1) for at, (score, own, crowd) in enumerate(rows)]
    ordered = in_order(items, lambda item: item, RULES)
    assert sorted(item.offer_id for item in ordered) == sorted(item.offer_id for item in items)
    band = RULES.about_equal * SCALE
    for at, item in enumerate(ordered):
        assert all(later.score <= item.score + band for later in ordered[at:])
    exact = in_order(items, lambda item: item, RULES.model_copy(update={"about_equal": 0}))
    assert [item.score for item in exact] == sorted((item.score for item in items), reverse=True)


def test_among_the_about_equal_the_own_occupation_goes_first_then_who_is_shown_to_few() -> None:
    best = Listed(8_000 * SCALE, "best", own=False, shown_to=1, positions=1)
    own = Listed(7_700 * SCALE, "own", own=True, shown_to=20, positions=1)
    quiet = Listed(7_800 * SCALE, "quiet", own=True, shown_to=1, positions=1)
    worse = Listed(6_000 * SCALE, "worse", own=True, shown_to=1, positions=1)
    assert [item.offer_id for item in in_order([worse, own, best, quiet], lambda item: item, RULES)] == [
        "quiet", "own", "best", "worse",
    ]  # fmt: skip
