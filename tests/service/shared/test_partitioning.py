"""Records go where other clients of Kafka would put them: whoever reads a key by itself looks in one partition."""

from collections.abc import Sequence

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import example, given
from hypothesis import strategies as st

from shared.kafka.broker import producer_arguments
from shared.kafka.partitioning import ByKey
from shared.settings import Settings, load_settings

ALL = list(range(12))


@given(st.binary(max_size=70), st.integers(1, 60))
@example(b"", 12)
@example("é·日本".encode(), 7)
@example(b"0190b6a4-0000-7000-8000-0123456789ab", 12)
def test_a_key_goes_where_other_clients_put_it(key: bytes, partitions: int) -> None:
    every = list(range(partitions))
    there = DefaultPartitioner()(key, every, every)
    assert ByKey()(key, every, every) == there
    assert ByKey()(key, every, every[:1]) == there, "remembered, and whether its partition has a leader or not"


@pytest.mark.parametrize(("available", "allowed"), [([3, 5], {3, 5}), ([], set(ALL))])
def test_without_a_key_any_partition_with_a_leader_will_do(available: Sequence[int], allowed: set[int]) -> None:
    assert {ByKey()(None, ALL, available) for _ in range(400)} == allowed


def test_all_of_ours_is_sent_so() -> None:
    assert isinstance(producer_arguments(load_settings(Settings))["partitioner"], ByKey)
