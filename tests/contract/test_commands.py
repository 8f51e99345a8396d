"""Whoever asks a command what it does, or calls it wrongly, is answered with a sentence, and nothing has begun."""

import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Started by a process of ours, with what it hands them.
CHILDREN = {
    "deploy.health",
    "deploy.trial.sink",
    "shared.bounded_child",
    "tests.bench.bare",
    "tests.bench.http_bare",
    "tests.journeys.recording_curl",
    "tests.local.fake_service",
    "tests.service.shared.sample",
}


def _commands() -> dict[str, Path]:
    files = sorted(
        file for folder in ("deploy", "services", "shared", "tests") for file in (ROOT / folder).rglob("*.py")
    )
    begun = [file for file in files if file.name == "__main__.py" or '\nif __name__ == "__main__":' in file.read_text()]
    named = {
        str(file.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__main__"): file for file in begun
    }
    return {name: file for name, file in named.items() if name not in CHILDREN}


@pytest.mark.parametrize(("command", "file"), _commands().items(), ids=_commands())
def test_a_command_says_what_it_does_and_refuses_what_it_does_not_know(
    command: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked, code in (("--help", 0), ("--no-such-thing", 2)):
        monkeypatch.setattr(sys, "argv", [command, asked])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(file), run_name="__main__")
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said
        assert "usage" in (said.out + said.err).lower()
