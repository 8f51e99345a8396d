"""What the compose trial does to processes of this machine; the trial itself needs an engine (``make compose-trial``)."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.trial import __main__ as whole
from deploy.trial import engine, measures
from deploy.trial.engine import ROOT, Failed
from deploy.trial.measures import belongs
from deploy.trial.profiles import PORTS, PROFILES

ID = "4f1c" * 16
OTHER = "9d0e" * 16


@pytest.mark.parametrize(
    ("cgroups", "own"),
    [
        (f"12:cpu,cpuacct:/docker/{ID}\n1:name=systemd:/docker/{ID}\n", True),
        (f"0::/system.slice/docker-{ID}.scope\n", True),
        (f"0::/kubepods/pod1/docker-{ID}.scope/init\n", True),
        (f"0::/system.slice/docker-{OTHER}.scope\n", False),
        (f"0::/docker/{ID}0\n", False),
        (f"0::/docker/{ID[:12]}\n", False),
        (f"1:name={ID}:/\n", False),
        ("0::/\n", False),
        ("", False),
    ],
)
def test_a_process_is_of_the_container_that_its_control_group_names(cgroups: str, own: bool) -> None:
    assert belongs(cgroups, ID) is own


def test_every_container_of_a_profile_is_tried() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert {name for name, spec in compose.items() if "profiles" in spec} == set(PROFILES)
    for name, variable in PORTS.items():
        assert f"${{{variable}:-" in compose[name]["ports"][0]


def test_a_process_that_only_has_the_number_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is another machine's: its number of a process is a stranger's here, whatever that is called."""
    told: list[tuple[str, ...]] = []
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:

        def state(_: str) -> dict[str, Any]:
            return {"Pid": stranger.pid}

        monkeypatch.setattr(measures, "state", state)
        monkeypatch.setattr(measures, "run", lambda *command, **_: told.append(command))
        try:
            assert measures._kill(ID) is False
            assert told == [("docker", "restart", "-t", "30", ID)]
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.parametrize(
    "fault", [Failed("service init did not complete"), RuntimeError("no answer"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("logs_answer", [True, False])
def test_of_a_trial_that_breaks_off_all_that_was_said_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: BaseException, logs_answer: bool
) -> None:
    """Of every container, the one that made the start fail too, and before they are taken away."""
    commands: list[tuple[str, ...]] = []

    def docker(*command: str, **_: Any) -> str:
        commands.append(command)
        if "logs" in command and not logs_answer:
            raise Failed("docker compose took more than 120 s")
        return "init exited (2)" if "ps" in command else "init: BASSIN_SMTP_PORT must be a number"

    async def broken(*_: Any) -> None:
        raise fault

    def made(result: Any) -> Callable[..., Any]:
        return lambda *_: result

    (tmp_path / "build").mkdir()
    monkeypatch.setattr(engine, "run", docker)
    for name, value in {
        "ROOT": tmp_path,
        "REPORT": tmp_path / "build" / "report.json",
        "KEPT": tmp_path / "build" / "kept.log",
        "engine_or_reason": made("29"),
        "image_sizes": made({}),
        "trial": broken,
    }.items():
        monkeypatch.setattr(whole, name, value)
    monkeypatch.setattr(sys, "argv", ["trial", "--no-build", "x"])
    if isinstance(fault, Failed):
        assert whole.main() == 1
    else:
        with pytest.raises(type(fault)):
            whole.main()
    kept = (tmp_path / "build" / "kept.log").read_text()
    assert "init exited (2)" in kept
    assert ("BASSIN_SMTP_PORT" in kept) is logs_answer
    assert "down" in commands[-1]
    assert not [name for command in commands for name in command if name.endswith("-api")]
