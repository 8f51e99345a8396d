"""What `make new-event`, `new-notice` and `new-service` write passes the checks and its own tests, on one copy of the project.

One after the other, as a year of work leaves them, and looked at once: a copy, a run of the checks and the generated documents
for each took most of the time of the slow suite. What each has to write is looked for after each.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.scaffold import event, notice, service
from deploy.scaffold.edits import DoesNotFit, Edits
from shared.contracts.topics import SERVICES
from shared.contracts.vocabulary import Notice

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", ".venv", "build", "node_modules", "__pycache__", ".pytest_cache", ".hypothesis", ".bassin")
OWN_TESTS = (
    "tests/service/offers/test_event_offer_paused.py",
    "tests/service/notifications/test_notice_offer_paused.py",
    "tests/service/housing",
)
# What holds for all services, notices and events; of the parameters those that are new, or of no service.
HOLD_FOR_ALL = (
    "tests/service/notifications/test_texts.py",
    "tests/contract/test_notices.py",
    "tests/contract/test_contracts.py",
    "tests/contract/test_deploy.py",
    "tests/contract/test_lists.py",
    "tests/contract/test_observability.py",
    "tests/contract/test_gateway.py",
    "tests/contract/test_documents.py",
    "tests/contract/test_authorisation.py",
    "tests/contract/test_costs.py",
    "tests/contract/test_leaks.py",
    "tests/fuzz/test_api.py",
)
# What is rendered anew where the program is that does it; elsewhere the committed renderings know no new service.
RENDERED = "tests/contract/kubernetes"
NEW_OR_OF_ALL = f"housing or paused or test_texts or test_contracts or not ({' or '.join(SERVICES)})"


def run(copy: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": ".", "MYPYPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_new_event_a_new_notice_and_a_new_service_pass(tmp_path: Path) -> None:
    # Types that were checked of this tree are not checked anew: their cache comes along, where there is one.
    copy = shutil.copytree(ROOT, tmp_path / "copy", ignore=shutil.ignore_patterns(*LEFT_OUT))
    assert "services/offers/domain/offer.py" in run(
        copy, "deploy.scaffold", "new-event", "offer-paused", "--no-documents"
    )
    assert '"offer-paused"' in (copy / "shared/contracts/topics.py").read_text()
    assert "offer_paused.j2" in run(copy, "deploy.scaffold", "new-notice", "offer-paused", "--no-documents")
    run(copy, "deploy.scaffold", "new-service", "housing")
    assert "offer-paused.v1" in (copy / "docs/topics.md").read_text()
    assert (copy / "docs/openapi-housing.json").is_file()
    # `make check`, of tests the types of what is new. The documents were made of the code a moment ago.
    run(copy, "ruff", "check", ".")
    run(copy, "ruff", "format", "--check", ".")
    run(copy, "mypy", "services", "shared", "deploy", *OWN_TESTS)
    run(copy, "importlinter.cli")
    run(copy, "shared.contracts", "check")
    hold_for_all = [*HOLD_FOR_ALL]
    if shutil.which("kustomize"):
        run(copy, "deploy.k8s", "check")
        hold_for_all.append(RENDERED)
    run(copy, "pytest", "-q", "-p", "no:cacheprovider", *OWN_TESTS, *hold_for_all, "-k", NEW_OR_OF_ALL)


def test_what_is_there_or_has_no_name_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    edits = Edits(tmp_path)
    for begin, sentence in (
        (lambda: event.new_event(edits, ROOT, "offer-created", None), "carries offer-created.v1 already"),
        (lambda: event.new_event(edits, ROOT, "nothing-known", None), "Which topic carries nothing-known"),
        (lambda: notice.new_notice(edits, next(iter(Notice)).value), "There is a notice"),
        (lambda: notice.new_notice(edits, "Offer Paused"), "is no name"),
        (lambda: notice.new_notice(edits, "../x"), "is no name"),
        (lambda: service.new_service(edits, SERVICES[0]), f"There is a service {SERVICES[0]} already"),
    ):
        with pytest.raises(DoesNotFit, match=sentence):
            begin()
    assert edits.write() == []
