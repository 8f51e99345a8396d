"""Whoever catches everything, or passes over an error, says why beside it, or raises it on."""

import ast
from collections.abc import Iterator

import pytest

from tests.documents import ROOT

EVERYTHING = {"Exception", "BaseException"}


def unexplained(source: str) -> Iterator[str]:
    """Where everything is caught, or an error passed over, without a comment on it and without raising it on, in sentences."""
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in EVERYTHING)
            silent = all(isinstance(one, ast.Pass) for one in node.body)
            last = node.body[-1].end_lineno or node.lineno
            on = any(isinstance(one, ast.Raise) for each in node.body for one in ast.walk(each))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            broad = name == "suppress" and any(isinstance(one, ast.Name) and one.id in EVERYTHING for one in node.args)
            silent, on, last = False, False, node.lineno + 1
        else:
            continue
        if (broad or silent) and not on and not any("#" in line for line in lines[node.lineno - 2 : last]):
            yield f"line {node.lineno}: say in a comment why it is caught and what becomes of it, or name the errors meant"


def test_who_catches_everything_says_why() -> None:
    found = {
        str(path.relative_to(ROOT)): told
        for room in ("services", "shared", "deploy")
        for path in (ROOT / room).rglob("*.py")
        if (told := list(unexplained(path.read_text())))
    }
    assert not found


@pytest.mark.parametrize(
    ("handler", "times"),
    [
        ("except Exception as error:\n    log(error)", 1),
        ("except:\n    log()", 1),
        ("except KeyError:\n    pass", 1),
        ("except KeyError:\n    pass  # told by the next one", 0),
        ("except Exception:\n    # Its claim lapses.\n    log()", 0),
        ("except BaseException:\n    undo()\n    raise", 0),
        ("except KeyError:\n    log()", 0),
    ],
)
def test_what_is_caught_without_a_reason_is_found(handler: str, times: int) -> None:
    assert len(list(unexplained(f"try:\n    work()\n{handler}"))) == times
    assert len(list(unexplained("with suppress(Exception):\n    work()"))) == 1
