"""What `make new-event`, `new-notice` and `new-service` write passes the checks and its own tests, on a copy of the project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", ".venv", "build", "node_modules", "__pycache__", ".pytest_cache", ".hypothesis", ".bassin")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without its history, ready to be changed."""
    shutil.copytree(ROOT, tmp_path / "copy", ignore=shutil.ignore_patterns(*LEFT_OUT))
    return tmp_path / "copy"


def run(copy: Path, *command: str, good: bool = True) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": ".", "MYPYPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is good, done.stdout + done.stderr
    return done.stdout + done.stderr


def passes(copy: Path, *tests: str) -> None:
    """`make check` and these tests."""
    run(copy, "ruff", "check", ".")
    run(copy, "ruff", "format", "--check", ".")
    run(copy, "mypy")
    run(copy, "importlinter.cli")
    run(copy, "deploy.docs", "--check")
    run(copy, "shared.contracts", "check")
    if shutil.which("kustomize"):
        run(copy, "deploy.k8s", "check")
    run(copy, "pytest", "-q", "-p", "no:cacheprovider", *tests)


def test_a_new_event_and_a_new_notice_pass(copy: Path) -> None:
    assert "services/offers/domain/offer.py" in run(copy, "deploy.scaffold", "new-event", "offer-paused")
    assert '"offer-paused"' in (copy / "shared/contracts/topics.py").read_text()
    assert "offer-paused.v1" in (copy / "docs/topics.md").read_text()
    run(copy, "deploy.scaffold", "new-notice", "offer-paused")
    passes(
        copy,
        "tests/service/offers/test_event_offer_paused.py",
        "tests/service/notifications/test_notice_offer_paused.py",
        "tests/service/notifications/test_texts.py",
        "tests/contract/test_notices.py",
        "tests/contract/test_contracts.py",
    )
    for command, sentence in (
        (("new-event", "offer-paused"), "carries offer-paused.v1 already"),
        (("new-event", "nothing-known"), "Which topic carries nothing-known"),
        (("new-notice", "offer_paused"), "There is a notice offer_paused already"),
        (("new-notice", "Offer Paused"), "is no name"),
        (("new-notice", "../x"), "is no name"),
        (("new-service", SERVICES[0]), f"There is a service {SERVICES[0]} already"),
    ):
        assert sentence in run(copy, "deploy.scaffold", *command, good=False)


def test_a_new_service_passes(copy: Path) -> None:
    run(copy, "deploy.scaffold", "new-service", "housing")
    assert (copy / "docs/openapi-housing.json").is_file()
    passes(
        copy,
        "tests/service/housing",
        "tests/contract/test_deploy.py",
        "tests/contract/test_lists.py",
        "tests/contract/test_observability.py",
        "tests/contract/test_gateway.py",
        "tests/contract/kubernetes",
        "tests/contract/test_documents.py",
        "tests/contract/test_contracts.py",
        "tests/contract/test_authorisation.py",
        "tests/contract/test_costs.py",
        "tests/contract/test_leaks.py",
        "tests/fuzz/test_api.py",
        "-k",
        f"housing or not ({' or '.join(SERVICES)})",
    )
