"""The table of ``make up``: whole addresses, whatever the terminal's width, and readable at 80 columns."""

import io
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console

from deploy.local.__main__ import _table
from deploy.local.runner import LocalStack, Row

MONGODB = "mongodb://127.0.0.1:31802/?replicaSet=rs0"
ROWS = [
    Row("notifications", "http://127.0.0.1:8004", "starting", 4_194_304),
    Row("MongoDB", MONGODB, "ready", 22074),
    Row("Kafka (embedded)", "127.0.0.1:30655", "ready", 22077),
]


def printed(width: int) -> list[str]:
    out = io.StringIO()
    table = _table(cast(LocalStack, SimpleNamespace(rows=lambda: ROWS)))
    Console(file=out, width=width).print(table, crop=False)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_an_address_is_never_broken(width: int) -> None:
    lines = printed(width)
    assert len(lines) == 2 + len(ROWS), "the heads, a rule, and one line for each"
    for row in ROWS:
        [line] = [line for line in lines if row.name in line]
        assert line.split() == [*row.name.split(), row.url, row.state, str(row.pid)]


def test_everything_fits_into_80_columns() -> None:
    assert max(map(len, printed(80))) <= 80
