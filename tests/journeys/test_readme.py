"""The walk that README.md prints works as it stands there, and answers what README.md says it answers."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.local.runner import LocalStack
from deploy.local.services import DEFAULT_PORTS, ROOT
from tests.journeys import recording_curl
from tests.journeys.own_stack import own_stack

_WALK_SECONDS = 240.0
_KAFKA_SECONDS = 120.0
"""Bounds for a machine that does other things too; on an idle one the walk takes 4 s, half of it for the tokens."""

# What make hands down to what it starts: the walk's own make is nobody's child.
_OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")


def fenced(language: str) -> list[str]:
    """The blocks of README.md in this language, as printed."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def commands() -> dict[str, str]:
    """Where curl and make are, whose environment must be made: a test installs nothing."""
    found = {name: shutil.which(name) for name in ("curl", "make", "bash")}
    missing = sorted(name for name, path in found.items() if path is None)
    if missing:
        pytest.skip(f"the README's walk needs {' and '.join(missing)}")
    ready = subprocess.run([found["make"] or "", "-q", ".venv/.ready-run"], cwd=ROOT, env=_plain(), check=False)
    if ready.returncode != 0:
        pytest.skip("the environment that make uses (.venv) is not there or not up to date: run make test")
    return {name: path for name, path in found.items() if path is not None}


@pytest.fixture
def stack(commands: dict[str, str], tmp_path: Path) -> Iterator[LocalStack]:
    with own_stack(tmp_path) as running:
        yield running


def test_the_walk_works_as_printed(stack: LocalStack, commands: dict[str, str], tmp_path: Path) -> None:
    [walk] = fenced("bash")
    answers = run(walk, stack, commands, tmp_path)
    assert len(answers) == len(re.findall(r"\bcurl ", walk)), "every curl of the block was run"
    assert [answer["url"] for answer in answers if not 200 <= answer["status"] < 300] == []

    recommendations, inbox = _only(answers, "/recommendations"), _only(answers, "/v1/inbox")
    shown_recommendations, shown_inbox = map(json.loads, fenced("json"))
    wrong = differences(shown_recommendations, recommendations) + differences(shown_inbox, inbox)
    assert not wrong, "\n".join(wrong)
    assert "À dire à Camille" in inbox["items"][0]["title"]

    recommended = recommendations["items"][0]
    assert recommended["offer_id"] in [offer["id"] for offer in _only(answers, "/v1/offers?")["items"]]
    assert inbox["items"][0]["recommendation_id"] == recommended["recommendation_id"]
    explanation = _only(answers, "/v1/explanations")
    assert explanation["recommended"]
    assert explanation["reasons"] == recommended["reasons"]
    assert json.loads(answers[-1]["body"])["status"] == "interview"


def run(
    walk: str, stack: LocalStack, commands: dict[str, str], folder: Path, stand_ins: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The walk against ``stack`` by bash, which ends at the first command that fails; each curl's question and answer.

    ``stand_ins`` are further commands, as lines of shell, that take the place of those on the path.
    """
    record = folder / "curl.jsonl"
    tools = folder / "tools"
    tools.mkdir()
    _tool(tools / "curl", f'exec "{sys.executable}" "{recording_curl.__file__}" "$@"')
    # The printed pause is for people; here each question waits for its own answer.
    _tool(tools / "sleep", "exit 0")
    for name, line in (stand_ins or {}).items():
        _tool(tools / name, line)
    environment = _plain() | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "BASSIN_RUN_DIR": str(stack.run_dir),
        recording_curl.REAL: commands["curl"],
        recording_curl.RECORD: str(record),
        recording_curl.DEADLINE: str(time.time() + _KAFKA_SECONDS),
    }
    for name, port in DEFAULT_PORTS.items():
        walk = walk.replace(f"localhost:{port}", stack.urls[name].removeprefix("http://"))
    process = subprocess.Popen(
        [commands["bash"], "-eu", "-o", "pipefail", "-c", walk],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate(timeout=_WALK_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        printed, _ = process.communicate()
        pytest.fail(f"the walk did not end within {_WALK_SECONDS:.0f} s; it printed:\n{printed}")
    assert process.returncode == 0, f"the walk ended with code {process.returncode}; it printed:\n{printed}"
    return [json.loads(line) for line in record.read_text().splitlines()]


def differences(shown: Any, answer: Any, where: str = "$") -> list[str]:
    """Where a shortened answer says something else than the answer: members may be left out, elements may not."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        return [
            difference
            for name, value in shown.items()
            for difference in differences(value, answer.get(name), f"{where}.{name}")
        ]
    if isinstance(shown, list) and isinstance(answer, list) and len(shown) == len(answer):
        pairs = enumerate(zip(shown, answer, strict=True))
        return [found for at, (one, other) in pairs for found in differences(one, other, f"{where}[{at}]")]
    return [] if shown == answer else [f"{where}: README.md shows {shown!r}, the answer has {answer!r}"]


def _only(answers: list[dict[str, Any]], part: str) -> dict[str, Any]:
    [answer] = [answer for answer in answers if part in answer["url"]]
    return dict(json.loads(answer["body"]))


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OF_MAKE}


def _tool(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
