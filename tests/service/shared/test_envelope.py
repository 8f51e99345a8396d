"""What the headers of a record may look like: every writing that the standards allow is read, and nothing else."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shared.contracts.topics import OFFERS
from shared.kafka.envelope import Event, from_record
from shared.kafka.errors import Permanent
from tests.contract.kafka_records import Raw, envelope, offer
from tests.service.shared.sample import offer_state


def _read(raw: Raw) -> Event[Any]:
    about = {"topic": "t", "partition": 0, "offset": 1, "timestamp": 0}
    return from_record(SimpleNamespace(key=raw.key, value=raw.value, headers=raw.headers, **about), OFFERS)


def _at(written: str) -> datetime:
    return _read(offer("o", ce_time=written.encode())).time


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-31T23:59:59+00:00",
        "2026-12-31T23:59:59Z",
        "2026-12-31t23:59:59z",
        "2026-12-31 23:59:59Z",
        "2027-01-01T00:59:59+01:00",
        "2026-12-31T23:59:59-00:00",
        "2026-12-31T23:59:59.000000000Z",
        "2026-12-31T23:59:60Z",
    ],
)
def test_times_as_rfc_3339_writes_them(written: str) -> None:
    assert _at(written) == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["2026-12-31T23:59:59", "2026-12-31", "1798761599", "2026-12-31T24:60:00Z", "2026-02-30T00:00:00Z", "gestern"],
)
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(Permanent, match="ce_time"):
        _at(written)


@pytest.mark.parametrize("field", ["skills", "licences"])
def test_of_a_record_with_more_faults_than_anybody_makes_none_is_told(field: str) -> None:
    data = offer_state("o").model_dump(mode="json") | {field: ["x"] * 2_000}
    with pytest.raises(Permanent) as refused:
        _read(Raw(b"o", json.dumps(data).encode(), envelope()))
    assert refused.value.reason == "contract: more than 1000 problems"
