"""The documentation: every block that people could type is run by a test, every link leads somewhere, the site builds."""

import importlib
import re
import subprocess
import sys
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from deploy.backup.command import app as backup
from shared.cli import make_cli
from shared.contracts.topics import SERVICES, TOPICS
from shared.service import Service
from tests.documents import DOCS, ROOT, Block, block, blocks

PAGES = sorted(
    page.stem for page in DOCS.glob("*.md") if not page.read_text().partition("\n\n")[2].startswith("Generated from")
)
_RUN_BY = re.compile(r"run by (tests/[\w/]+\.py)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[\w-]+)?\)")
_NOT_OURS = {".venv", ".pytest_cache", ".hypothesis", "build", "node_modules"}


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_becomes_of_it(page: str) -> None:
    for one in blocks(page):
        where = f"docs/{page}.md, line {one.line}"
        if one.language.startswith("{toctree"):
            continue
        if run := _RUN_BY.fullmatch(one.kind):
            test = ROOT / run[1]
            assert test.exists(), f"{where}: there is no {run[1]}"
            assert f'"{page}"' in test.read_text(), f"{where}: {run[1]} does not read this page"
            assert f'"{one.name}"' in test.read_text(), f"{where}: {run[1]} does not run {one.name}"
        elif one.kind.startswith("output of "):
            assert one.kind.removeprefix("output of ") in names(page), where
        else:
            assert re.fullmatch(r"generated|shape, .+", one.kind), f"{where}: what becomes of this block? {one.kind!r}"


def test_links_lead_somewhere() -> None:
    pages = [page for page in ROOT.rglob("*.md") if not _NOT_OURS & set(page.relative_to(ROOT).parts)]
    assert {ROOT / "README.md", ROOT / "services/offers/README.md", DOCS / "operate.md"} <= set(pages)
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in _LINK.findall(page.read_text())
        if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists()
    ]
    assert dead == []


def test_a_row_of_a_table_stands_in_its_table() -> None:
    """Behind an empty line a row begins a table of its own, without a head: it is shown as text with bars."""
    strays = []
    for page in (page for page in ROOT.rglob("*.md") if not _NOT_OURS & set(page.relative_to(ROOT).parts)):
        lines = ["", *page.read_text().splitlines(), ""]
        for number, (before, line, behind) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 1):
            if line.startswith("|") and not before.startswith("|") and not re.fullmatch(r"\|[ :|-]+\|", behind):
                strays.append(f"{page.relative_to(ROOT)}, line {number}")
    assert strays == []


def test_the_identifiers_of_the_glossary_are_those_of_the_code() -> None:
    known: set[str] = set()
    for folder in ("services", "shared"):
        for module in (ROOT / folder).rglob("*.py"):
            known.update(re.findall(r"\w+", module.read_text()))
    rows = [row.split("|") for row in (DOCS / "glossary.md").read_text().splitlines() if row.startswith("|")]
    named = {word for row in rows for code in re.findall(r"`([^`]+)`", row[2]) for word in re.findall(r"\w+", code)}
    assert "acted_by" in known
    assert len(named) > 30
    assert named - known == set()


def test_modules_that_a_page_names_are_there() -> None:
    """By their path, or by its end: a service's README says ``domain/living.py``, CONTRIBUTING ``test_index.py``."""
    pages = [page for page in ROOT.rglob("*.md") if not _NOT_OURS & set(page.relative_to(ROOT).parts)]
    there = {
        f"/{module.relative_to(ROOT)}"
        for folder in ("services", "shared", "deploy", "tests", "docs", "samples")
        for module in (ROOT / folder).rglob("*.py")
        if not _NOT_OURS & set(module.relative_to(ROOT).parts)
    }
    gone = [
        f"{page.relative_to(ROOT)}: {named}"
        for page in pages
        for named in re.findall(r"`([\w/]+\.py)(?:::\w+)?`", page.read_text())
        if not any(module.endswith(f"/{named}") for module in there)
    ]
    assert gone == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_readme_names_what_its_service_keeps_hears_and_tells(name: str) -> None:
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    readme = (ROOT / "services" / name / "README.md").read_text()
    kept = readme.split("## Collections")[1]
    assert [spec.name for spec in service.collections if f"`{spec.name}`" not in kept] == []
    topics = [topic.name for topic in TOPICS if name in (topic.owner, *topic.consumers)]
    assert [topic for topic in topics if f"`{topic}`" not in readme] == []


def test_before_a_push_runs_what_make_check_runs() -> None:
    [recipe] = re.findall(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    checks = [re.sub(r"@?\$\((BIN|MAKE)\)/?", "", line).strip() for line in recipe.splitlines()]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    run = [re.sub(r"^(\.venv/bin/|make )", "", hook["entry"]) for hook in hooks]
    # Before a commit ruff gets the changed files' names, and mends instead of complaining.
    forms = {"ruff check .": "ruff check --fix", "ruff format --check .": "ruff format"}
    assert [forms.get(check, check) for check in checks] == run


def test_every_folder_of_tests_is_in_their_readme() -> None:
    rows = re.findall(r"^\| `(\w+)/", (ROOT / "tests" / "README.md").read_text(), re.MULTILINE)
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith(("_", "."))
    }
    assert sorted(rows) == sorted(folders)


def test_every_module_and_folder_of_shared_is_in_its_readme() -> None:
    """Who does not find a helper writes it again."""
    shared = ROOT / "shared"
    there = {path.name for path in shared.glob("*.py")} | {
        f"{path.parent.name}/" for path in shared.glob("*/__init__.py")
    }
    assert set(re.findall(r"`(\w+(?:\.py|/))`", (shared / "README.md").read_text())) == there - {"__init__.py"}


def names(page: str) -> set[str]:
    return {one.name for one in blocks(page)}


def test_a_block_without_a_mark_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.md").write_text("# P\n\n```bash\nrm -rf x\n```\n\n<!-- block a: generated -->\n```json\n{}\n```\n")
    monkeypatch.setattr("tests.documents.DOCS", tmp_path)
    assert [(one.name, one.kind) for one in blocks("p")] == [("", ""), ("a", "generated")]
    assert isinstance(blocks("p")[0], Block)


def test_the_commands_of_the_operators_page_exist() -> None:
    restore, init, rehear = block("backup", "alone").splitlines()
    asked_of_backup = CliRunner().invoke(backup, ["restore", "--help"])
    assert all(option in asked_of_backup.output for option in re.findall(r"--[\w-]+", restore)), restore
    assert init == block("operate", "init").strip()
    for line in (*block("operate", "commands").splitlines(), rehear):
        _, _, module, *asked = line.split()
        service: Service = importlib.import_module(f"{module}.app").SERVICE
        words = [word for word in asked if not word.startswith("-")]
        if words[0] == "rehear":
            assert datetime.fromisoformat(words.pop()), line
        if words[0] == "rebuild":
            assert words.pop() in {spec.name for spec in service.collections}, line
        done = CliRunner().invoke(make_cli(service), [*words, "--help"])
        assert done.exit_code == 0, f"{line}: {done.output}"
        for option in re.findall(r"--[\w-]+", line):
            assert option in done.output, line
    targets = (ROOT / "Makefile").read_text()
    for line in block("operate", "compose").splitlines():
        program, what, *_ = line.split()
        if program == "make":
            assert re.search(rf"^{what}:", targets, re.MULTILINE), line
        elif program == "cp":
            assert (ROOT / what).exists(), line
        else:
            assert line == "docker compose up -d"


class _References(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("script", "img", "iframe", "source"):
            self.loaded.append(told.get("src") or "")
        if tag == "link" and told.get("rel") in ("stylesheet", "icon", "preload", "preconnect"):
            self.loaded.append(told.get("href") or "")


def test_the_site_builds_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for page in (*PAGES, "settings", "topics"):
        references = _References()
        references.feed((tmp_path / f"{page}.html").read_text())
        assert [url for url in references.loaded if re.match(r"(https?:)?//", url)] == [], page
