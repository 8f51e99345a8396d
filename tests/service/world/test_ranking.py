"""The measures of the quality bench, on cases that can be counted by hand."""

import numpy as np
import pytest

from tests.bench.ranking import gini, measure
from tests.bench.world import Truth


def _truth(gain: list[list[float]]) -> Truth:
    values = np.array(gain, dtype=np.float32)
    return Truth(values, values > 0, values.sum(0))


def test_gini_is_0_when_all_are_alike_and_near_1_when_one_has_all() -> None:
    assert gini(np.ones(10)) == pytest.approx(0)
    assert gini(np.array([0.0] * 9 + [5.0])) == pytest.approx(0.9)
    assert gini(np.zeros(4)) == 0


def test_the_ideal_list_has_recall_and_ndcg_1() -> None:
    truth = _truth([[0.9, 0.5, 0.2], [0.0, 0.3, 0.0]])
    found = measure([[0, 1, 2], [1]], truth, np.ones(3, dtype=np.int16))
    assert found.recall_at_10 == 1
    assert found.ndcg_at_10 == pytest.approx(1)
    assert found.coverage == 1


def test_a_wrong_order_costs_ndcg_only_and_an_absent_offer_costs_recall() -> None:
    truth = _truth([[0.9, 0.5, 0.2]])
    turned = measure([[2, 1, 0]], truth, np.ones(3, dtype=np.int16))
    assert turned.recall_at_10 == 1
    assert turned.ndcg_at_10 < 0.9
    short = measure([[0]], truth, np.ones(3, dtype=np.int16))
    assert short.recall_at_10 == pytest.approx(1 / 3)
    assert short.coverage == pytest.approx(1 / 3)


def test_people_for_whom_nothing_is_worth_showing_do_not_count() -> None:
    truth = _truth([[0.9, 0.0], [0.01, 0.0]])
    found = measure([[0], [1]], truth, np.ones(2, dtype=np.int16))
    assert found.recall_at_10 == 1


def test_exposure_is_counted_per_position() -> None:
    truth = _truth([[0.5, 0.5]] * 4)
    lists = [[0, 1], [1], [1], [1]]
    assert measure(lists, truth, np.array([1, 4], dtype=np.int16)).gini == pytest.approx(0)
