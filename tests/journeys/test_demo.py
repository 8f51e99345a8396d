"""The demo on the real local stack: what it reports, and that a killed service changes nothing in it."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from deploy.demo.client import DemoFailed
from deploy.demo.feed import SHIPPED, Feed
from deploy.demo.plan import SMALL
from deploy.demo.play import environment, play, services
from deploy.demo.report import Report
from deploy.demo.stage import Step
from deploy.local.engines import EngineMissing
from deploy.local.runner import LocalStack


async def _at_once(stack: LocalStack) -> None:
    pass


async def played(
    folder: Path,
    step: Callable[[LocalStack], Step],
    before_it_stops: Callable[[LocalStack], Awaitable[None]] = _at_once,
) -> tuple[Report, LocalStack]:
    settings = environment(existing_servers=False)
    stack = LocalStack(folder / "data", folder / "run", services=services(), environment=settings, say=_silent)
    try:
        async with stack:
            report = await play(stack, SMALL, Feed.read(SHIPPED), step(stack))
            await before_it_stops(stack)
            return report, stack
    except EngineMissing as missing:
        pytest.skip(str(missing))


def _silent(sentence: str) -> None:
    pass


def looking(stack: LocalStack) -> Step:
    return lambda act, done, total: None


@pytest.fixture(scope="module")
async def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Report:
    report, _ = await played(tmp_path_factory.mktemp("demo"), looking)
    return report


async def test_the_demo_goes_from_deposit_to_hire(undisturbed: Report, tmp_path: Path) -> None:
    assert undisturbed.wrong() == []
    assert undisturbed.events["offer-created.v1"] == SMALL.deposits + 10
    assert undisturbed.events["profile-created.v1"] == SMALL.profiles + SMALL.newcomers
    assert undisturbed.events["recommendation-created.v1"] >= undisturbed.recommendations > 20
    assert undisturbed.applications == SMALL.applications
    assert undisturbed.hires == SMALL.hires
    assert undisturbed.dead_letters == 0
    assert undisturbed.latency_ms["p50"] <= undisturbed.latency_ms["p95"]
    assert all(example.reasons for example in undisturbed.examples)
    undisturbed.write(tmp_path / "build" / "demo-report.json")
    written = json.loads((tmp_path / "build" / "demo-report.json").read_text(encoding="utf-8"))
    assert set(written) == {
        "events",
        "recommendations",
        "notifications",
        "applications",
        "hires",
        "dead_letters",
        "latency_ms",
        "import",
    }
    assert set(written["latency_ms"]) == {"p50", "p95"}


async def test_unusable_rows_of_the_feed_are_listed_with_reasons(undisturbed: Report) -> None:
    imported = undisturbed.imported
    assert (imported["accepted"], imported["rejected"]) == (10, 2)
    refused = {row["external_id"]: row["errors"][0]["rule"] for row in imported["rows"] if row["status"] == "rejected"}
    assert refused == {"DEMO011": "age_limit", "DEMO012": "place_too_vague"}


async def test_the_clause_counts_exactly_what_was_declared(undisturbed: Report) -> None:
    assert undisturbed.clause["declared_hours"] == "632.75"
    assert undisturbed.clause["validated_hours"] == "435.50"
    assert undisturbed.clause["objective_hours"] == "833.00"


def test_a_file_that_is_no_feed_is_told_in_a_sentence(tmp_path: Path) -> None:
    for name, sentence in (("offers.csv", "no .json"), ("absent.json", "cannot be read")):
        with pytest.raises(DemoFailed, match=sentence):
            Feed.read(tmp_path / name)
    (tmp_path / "offers.jsonl.gz").write_bytes(b"\x1f\x8b")
    assert Feed.read(tmp_path / "offers.jsonl.gz").content_type == "application/gzip"
