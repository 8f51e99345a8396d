"""Clauses is the template of a service: the others have its rooms, and no endpoint reads or writes by itself."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES
from tests.documents import ROOT

HOME = ROOT / "services"
BEGIN = {"__init__", "__main__", "app", "consumers", "context", "jobs", "settings", "store"}
"""What each service has at its root."""
SOME = {"access", "handles", "holdings", "migrations"}
"""And these, unless its README says why not."""
ROOMS = {"api", "commands", "domain", "queries"}
"""A room of one service alone (``channels/``) is named in its README."""
DRIVERS = ("shared.store", "pymongo", "bson", "motor")
ASKING = {"queries", "commands"}
"""Rooms whose modules ask MongoDB."""
ASKING_FILES = {"handles", "holdings", "migrations", "store"}
"""And modules, in whatever room."""
HANDED_ON = {"commit", "find_all", "on_commit", "read", "watch", "written_at"}
"""What any module does with a store: commit the work that a command or the domain made, ask what ``store.py`` words."""


def strays(folder: Path) -> Iterator[str]:
    """What makes a service another house than the others, in sentences."""
    said = (folder / "README.md").read_text()
    modules = {path.stem for path in folder.glob("*.py")}
    rooms = {path.parent.name for path in folder.glob("*/__init__.py")}
    for name in sorted(modules - BEGIN - SOME):
        yield (
            f"{name}.py lies at the root: what changes something is for commands/, what reads for queries/, a rule for domain/; "
            "see README.md «Every service has the same rooms»"
        )
    for name in sorted(BEGIN - modules):
        yield f"{name}.py is missing"
    for name in sorted(name for name in SOME - modules if f"`{name}.py`" not in said):
        yield f"there is no {name}.py, and README.md does not say where that is instead"
    for name in sorted(ROOMS - rooms):
        yield f"{name}/ is missing"
    for name in sorted(name for name in rooms - ROOMS if f"`{name}/" not in said):
        yield f"{name}/ is a room of this service alone, and README.md does not say what for"


def by_itself(source: str) -> Iterator[str]:
    """Where an endpoint reads or writes, in sentences. ``context.store`` is handed on, to queries and commands."""
    tree = ast.parse(source)
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in (one for one in ast.walk(tree) if isinstance(one, ast.stmt | ast.expr)):
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            imported = [node.module]
        for name in imported:
            if name.startswith(DRIVERS):
                yield f"line {node.lineno} imports {name}: reads are for queries/ or a handle, writes for commands/"
        if isinstance(node, ast.Attribute) and _is_store(node.value, modules):
            yield f"line {node.lineno} has store.{node.attr}: reads are for queries/ or a handle, writes for commands/"
        if isinstance(node, ast.Assign) and _is_store(node.value, modules):
            yield f"line {node.lineno} names the store: hand it on as it is"


def raw_queries(source: str) -> Iterator[str]:
    """Where a module that is no query, no command and no store puts a question to MongoDB in its words, in sentences."""
    tree = ast.parse(source)
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr in HANDED_ON:
            continue
        of = node.value
        named = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
        if named.strip("_") == "store" and not (isinstance(of, ast.Name) and named in modules):
            yield (
                f"line {node.lineno} has {named}.{node.attr}: put the question into queries/ (or store.py, where several rooms "
                "ask it), what changes documents into commands/, and call that here"
            )
        elif id(node) in called and node.attr == "collection":
            yield f"line {node.lineno} asks a collection itself: call it `store` and put the question into queries/"


FOR_TESTS = {
    "shipped_structure": "what tests hold the referential against",
    "stable_allocation": "the oracle that the allocation is held against",
}
"""What nothing in a service calls, and why it is there."""
_KNOWN_DECORATORS = {"cached", "classmethod", "dataclass", "lru_cache", "property", "read_once", "staticmethod"}
"""Others hand a function to whoever calls it: routes, validators, compiled rules."""


def defined(tree: ast.Module) -> Iterator[str]:
    """Names of public functions, methods and classes that nobody but their callers would call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            decorators = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
            if all(isinstance(one, ast.Name) and one.id in _KNOWN_DECORATORS for one in decorators):
                yield node.name


def uncalled(sources: Mapping[str, str]) -> Iterator[str]:
    """Functions and classes of services whose name stands nowhere but where they are defined, in sentences."""
    named = Counter(word for text in sources.values() for word in re.findall(r"\w+", text))
    for path, text in sources.items():
        if path.startswith("services/") and path.endswith(".py"):
            for name in defined(ast.parse(text)):
                if named[name] == 1 and name not in FOR_TESTS:
                    yield f"{path}: nobody calls {name}: call it where what it tells of or does happens, or take it away"


def _is_store(node: ast.expr, modules: set[str]) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "store"
    # A service's module of that name has its queries.
    return isinstance(node, ast.Name) and node.id == "store" and "store" not in modules


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_the_same_rooms(name: str) -> None:
    assert not list(strays(HOME / name)), name


@pytest.mark.parametrize("name", SERVICES)
def test_endpoints_neither_read_nor_write_by_themselves(name: str) -> None:
    found = {
        str(path.relative_to(ROOT)): told
        for path in (HOME / name / "api").rglob("*.py")
        if (told := list(by_itself(path.read_text())))
    }
    assert not found


@pytest.mark.parametrize("name", SERVICES)
def test_questions_to_mongodb_stand_where_one_looks_for_them(name: str) -> None:
    found = {
        str(path.relative_to(ROOT)): told
        for path in (HOME / name).rglob("*.py")
        if path.stem not in ASKING_FILES
        and not ASKING & set(path.relative_to(HOME / name).parts)
        and (told := list(raw_queries(path.read_text())))
    }
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "row = await self._store.first('offers', {'_id': id})",
        "rows = context.store.collection('offers').find({})",
        "gone = await store.collection('waiting').delete_many({})",
        "rows = self._kept.collection('offers').find({})",
        "async for row in engine.store.aggregate('listings', pipeline): pass",
        "known = await context.store.load(Offer, 'offers', id)",
    ],
)
def test_a_question_that_stands_elsewhere_is_found(line: str) -> None:
    assert len(list(raw_queries(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from services.notifications import store\nrows = await store.stands_of(self._store, ids)",
        "(found,) = await self._store.find_all(named(subject_id))",
        "await self._store.commit(work)",
        "known = await heard.applications(self._store, ids)",
    ],
)
def test_a_question_that_is_handed_on_is_left_alone(line: str) -> None:
    assert not list(raw_queries(line))


def test_nothing_lies_in_a_service_that_nobody_calls() -> None:
    sources = {
        str(path.relative_to(ROOT)): path.read_text()
        for room in ("services", "shared", "deploy")
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".j2", ".py", ".sh", ".toml")
    }
    found = list(uncalled(sources))
    assert not found
    of_nobody = {"services/x/commands/y.py": "async def tell_it(work): ...\n\nclass Offer:\n    def paused(self): ..."}
    assert len(list(uncalled(of_nobody))) == 3
    by_the_api = {**of_nobody, "services/x/api/y.py": "tell_it(work)\noffer: Offer\noffer.paused()"}
    assert not list(uncalled(by_the_api))


@pytest.mark.parametrize("room", ["known.py", "spare/__init__.py"])
def test_what_has_no_place_is_found(tmp_path: Path, room: str) -> None:
    for name in BEGIN | SOME:
        (tmp_path / f"{name}.py").touch()
    for name in ROOMS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "README.md").write_text("No `handles.py`: `spares/` has them.")
    (tmp_path / "handles.py").unlink()
    assert not list(strays(tmp_path))
    (tmp_path / room).parent.mkdir(exist_ok=True)
    (tmp_path / room).touch()
    assert len(list(strays(tmp_path))) == 1
    (tmp_path / "access.py").unlink()
    (tmp_path / "queries/__init__.py").unlink()
    assert len(list(strays(tmp_path))) == 3


@pytest.mark.parametrize(
    "line",
    [
        "await context.store.commit(work)",
        "row = await context.store.first('imports', wanted)",
        "rows = self._context.store.collection('people')",
        "kept = context.store",
        "async def read(store): return await store.find_all()",
        "from shared.store import Work",
        "from pymongo import ASCENDING",
        "import pymongo.errors",
    ],
)
def test_an_endpoint_that_asks_by_itself_is_found(line: str) -> None:
    assert len(list(by_itself(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from services.clauses import store\nawait store.newest(context.store, query, page)",
        "found = await context.contracts.load(contract_id)",
        "await commands.choose(context, caller, choice)",
    ],
)
def test_an_endpoint_that_hands_on_is_left_alone(line: str) -> None:
    assert not list(by_itself(line))
