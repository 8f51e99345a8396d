"""The demo with each service killed once ends with the same counts."""

from pathlib import Path
from typing import Any

from deploy.demo.report import Report
from deploy.demo.stage import Step
from deploy.local.runner import LocalStack
from tests.journeys.test_demo import looking, played
from tests.support import eventually

PUBLICATION = "Offres publiées et proposées"
# Service → the act in the middle of which it is killed: where it has the most to do.
KILLS = {
    "profiles": "Personnes inscrites",
    "offers": PUBLICATION,
    "matching": PUBLICATION,
    "notifications": "Nouvelles personnes",
    "clauses": "Heures d'insertion",
}


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
    counts = {name: value for name, value in report.as_dict().items() if name != "latency_ms"}
    events = dict(counts["events"])
    # Clauses looks for what there is to tell when it starts: one that starts again meets the contract and tells of it.
    told = events.pop("notice-requested.v1")
    events["notification-sent.v1"] -= told
    events.pop("offer-requested.v1", None)
    return counts | {"events": events, "notifications": counts["notifications"] - told}


async def _all_are_back(stack: LocalStack) -> None:
    # Killed near the end, a service may still be starting when the last act is over.
    await eventually(lambda: {name: stack.restarts(name) for name in KILLS} == dict.fromkeys(KILLS, 1), seconds=90)


async def test_killing_each_service_once_ends_with_the_same_counts(tmp_path: Path) -> None:
    undisturbed, _ = await played(tmp_path / "undisturbed", looking)
    disturbed, _ = await played(tmp_path / "disturbed", _killing, _all_are_back)
    assert _counts(disturbed) == _counts(undisturbed)
