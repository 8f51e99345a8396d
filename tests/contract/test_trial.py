"""What the compose trial does to processes of this machine; the trial itself needs an engine (``make compose-trial``)."""

import subprocess
import sys
from typing import Any

import pytest
import yaml

from deploy.trial import measures
from deploy.trial.engine import ROOT
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
