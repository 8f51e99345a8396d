"""The demo on the real local stack: what it reports, and that a killed service changes nothing in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.client import DemoFailed
from deploy.demo.feed import SHIPPED, Feed
from deploy.demo.plan import SMALL
from deploy.demo.play import environment, play, services
from deploy.demo.report import Report
from deploy.demo.stage import Step
from deploy.local.engines import EngineMissing
from deploy.local.runner import LocalStack

PUBLICATION = "Offres publiées et proposées"
# Service → the act in the middle of which it is killed: where it has the most to do.
KILLS = {
    "profiles": "Personnes inscrites",
    "offers": PUBLICATION,
    "matching": PUBLICATION,
    "notifications": "Nouvelles personnes",
    "clauses": "Heures d'insertion",
}


async def _played(folder: Path, step: Callable[[LocalStack], Step]) -> tuple[Report, LocalStack]:
    settings = environment(existing_servers=False)
    stack = LocalStack(folder / "data", folder / "run", services=services(), environment=settings, say=_silent)
    try:
        async with stack:
            return await play(stack, SMALL, Feed.read(SHIPPED), step(stack)), stack
    except EngineMissing as missing:
        pytest.skip(str(missing))


def _silent(sentence: str) -> None:
    pass


def _looking(stack: LocalStack) -> Step:
    return lambda act, done, total: None


def _killing(stack: LocalStack) -> Step:
    left = dict(KILLS)

    def step(act: str, done: int, total: int) -> None:
        for service, when in KILLS.items():
            # Two services die in one act: the second when three quarters of it are done.
            share = 0.75 if service == "matching" else 0.4
            if act == when and done >= share * total and service in left:
                del left[service]
                stack.kill(service)

    return step


def _counts(report: Report) -> dict[str, Any]:
    return {name: value for name, value in report.as_dict().items() if name != "latency_ms"}


@pytest.fixture(scope="module")
async def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Report:
    report, _ = await _played(tmp_path_factory.mktemp("demo"), _looking)
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


async def test_killing_each_service_once_ends_with_the_same_counts(undisturbed: Report, tmp_path: Path) -> None:
    disturbed, stack = await _played(tmp_path, _killing)
    assert {name: stack.restarts(name) for name in KILLS} == dict.fromkeys(KILLS, 1)
    assert _counts(disturbed) == _counts(undisturbed)


def test_a_file_that_is_no_feed_is_told_in_a_sentence(tmp_path: Path) -> None:
    for name, sentence in (("offers.csv", "no .json"), ("absent.json", "cannot be read")):
        with pytest.raises(DemoFailed, match=sentence):
            Feed.read(tmp_path / name)
    (tmp_path / "offers.jsonl.gz").write_bytes(b"\x1f\x8b")
    assert Feed.read(tmp_path / "offers.jsonl.gz").content_type == "application/gzip"
