"""What Quickstart and Front end print works as it stands there, on a stack of its own."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.runner import LocalStack
from deploy.local.services import DEFAULT_PORTS
from shared.auth.local import local_token
from tests.documents import ROOT, block
from tests.journeys.own_stack import own_stack
from tests.journeys.test_readme import commands, run

__all__ = ["commands"]  # the fixture

CLIENTS = ROOT / "tests" / "clients"


@pytest.fixture(scope="module")
def stack(commands: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with own_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


def walk(page: str, stack: LocalStack, commands: dict[str, str], folder: Path) -> list[dict[str, Any]]:
    text = block(page, "walk")
    answers = run(text, stack, commands, folder)
    assert len(answers) == len(re.findall(r"\bcurl ", text)), "every curl of the block was run"
    assert [answer["url"] for answer in answers if not 200 <= answer["status"] < 300] == []
    return answers


def test_the_quickstart_ends_with_a_recommendation(stack: LocalStack, commands: dict[str, str], tmp_path: Path) -> None:
    # What the first block says is what started the stack of this test.
    assert block("quickstart", "start") == "make up\n"
    assert re.search(r"^up:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    recommended = json.loads(walk("quickstart", stack, commands, tmp_path)[-1]["body"])["items"]
    assert recommended[0]["reasons"][0]["text"] == "C’est le métier que vous cherchez"


def test_the_front_ends_walk_and_its_typescript(stack: LocalStack, commands: dict[str, str], tmp_path: Path) -> None:
    answers = walk("front-end", stack, commands, tmp_path)
    profile = json.loads(next(one["body"] for one in answers if one["url"].endswith("/v1/profiles/me")))["id"]
    assert json.loads(answers[-1]["body"])["items"], "her inbox tells of the interview"

    compiler = CLIENTS / "node_modules" / ".bin" / "tsc"
    if not compiler.exists() or shutil.which("node") is None:
        pytest.skip("the TypeScript of the page needs npm's packages: make clients")
    tools = set(re.findall(r"(openapi-typescript|openapi-fetch|typescript)@(\d+)", block("front-end", "client")))
    wanted = json.loads((CLIENTS / "package.json").read_text())["devDependencies"]
    assert {(name, wanted[name].lstrip("^").split(".")[0]) for name, _ in tools} == tools
    typescript(stack, compiler, profile)


def typescript(stack: LocalStack, compiler: Path, profile: str) -> None:
    """Compile the page's module against generated types, run it, and look at what it answers."""
    place = CLIENTS / "page"
    place.mkdir(exist_ok=True)
    text = block("front-end", "typescript")
    for name, port in DEFAULT_PORTS.items():
        text = text.replace(f"http://localhost:{port}", stack.urls[name])
    try:
        for service in ("offers", "profiles", "matching"):
            generator = [str(CLIENTS / "node_modules" / ".bin" / "openapi-typescript")]
            generator += [str(ROOT / "docs" / f"openapi-{service}.json"), "--default-non-nullable=false"]
            subprocess.run([*generator, "-o", str(place / f"{service}.ts")], check=True, capture_output=True)
        (place / "page.ts").write_text(text.replace("../../build/clients/", "./"))
        options = ["--target", "ES2022", "--module", "ESNext", "--moduleResolution", "Bundler", "--strict"]
        options += ["--skipLibCheck", "--lib", "ES2022,DOM", "--outDir", str(place)]
        done = subprocess.run([str(compiler), *options, str(place / "page.ts")], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        token = local_token(stack.keys, ["seeker"], "nadia")
        script = f'import {{ look }} from "./page.js"; console.log(JSON.stringify(await look("{token}", "{profile}")));'
        (place / "main.mjs").write_text(script)
        ran = subprocess.run(["node", str(place / "main.mjs")], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        answer = json.loads(ran.stdout)
        assert "Aide à domicile" in answer["titles"]
        assert "C’est le métier que vous cherchez" in answer["reasons"]
    finally:
        shutil.rmtree(place)
