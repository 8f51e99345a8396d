"""Rules of the house that a type checker does not see."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ("services", "shared", "deploy")
    for path in (ROOT / folder).rglob("*.py")
    if path.relative_to(ROOT) not in (Path("shared/store/driver.py"), Path("shared/store/reading.py"))
)


def calls(path: Path, *methods: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls of these methods in a module, with the source of what each is called on."""
    text = (ROOT / path).read_text()
    if not any(f".{method}(" in text for method in methods):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
            yield ast.unparse(node.func.value), node


def test_what_the_two_drivers_await_differently_is_called_through_the_store() -> None:
    """Motor and PyMongo differ in sessions and closing (``shared/store/driver.py``) and in aggregations (``reading.py``)."""
    wrong = [
        f"{path}:{call.lineno}: {subject}.{call.func.attr}()"
        for path in SOURCES
        for subject, call in calls(path, "start_session", "watch", "aggregate", "close")
        if isinstance(call.func, ast.Attribute)
        and (
            (call.func.attr in ("start_session", "watch") and subject.endswith((".client", ".database")))
            # A searcher is tantivy's, which has aggregations of its own.
            or (call.func.attr == "aggregate" and not subject.endswith(("store", "searcher")))
            or (call.func.attr == "close" and subject.endswith(".client") and "http" not in subject)
        )
    ]
    assert not wrong, "use store.aggregate, store.watch, store.close and session_of"
