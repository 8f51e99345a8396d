"""What the headers of a record may look like: every writing that the standards allow is read, and nothing else."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from shared.contracts.topics import OFFERS
from shared.kafka.envelope import from_record
from shared.kafka.errors import Permanent
from tests.contract.kafka_records import offer


def _at(written: str) -> datetime:
    raw = offer("o", ce_time=written.encode())
    about = {"topic": "t", "partition": 0, "offset": 1, "timestamp": 0}
    return from_record(SimpleNamespace(key=raw.key, value=raw.value, headers=raw.headers, **about), OFFERS).time


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
