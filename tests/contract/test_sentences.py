"""What a refusal says to people is French: seekers, employers and staff read ``detail`` as it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.documents import ROOT

_ENGLISH = re.compile(
    r"\b(the|is|are|was|not|of|this|that|has|with|must|only|may|give|already|no|an|by|to|who|you)\b", re.I
)
_FRENCH = re.compile(
    r"\b(le|la|les|l|un|une|des|est|pas|ce|cet|cette|ne|n|du|pour|dans|qui|sont|et|ou|votre|vous)\b", re.I
)
_OF_THE_INTERFACE = re.compile(
    r"[a-z]+_[a-z_]+|[a-z]=[a-z]|/v1/|\b(?:GET|POST|PUT|PATCH|DELETE)\b|\b(?:null|true|false)\b"
)
# Said to authors of programs and to operators: no start with such a table or setting.
_OF_PROGRAMS = {"kernel.py", "layout.py", "settings.py"}
_OTHERS = {"FieldError", "refused_field", "Unauthenticated", "HttpRefusal", "PydanticCustomError", "UnreadableFile"}


def _refusals(modules: list[Path]) -> set[str]:
    """Names of all errors of the domain, and of what else makes one."""
    classes = [
        node for module in modules for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.ClassDef)
    ]
    known = {"DomainError"}
    while new := {one.name for one in classes if known & {ast.unparse(base) for base in one.bases}} - known:
        known |= new
    return known | _OTHERS


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _sentences(module: Path, refusals: set[str]) -> Iterator[str]:
    tree = ast.parse(module.read_text())
    of_themselves = {
        id(call)
        for one in ast.walk(tree)
        if isinstance(one, ast.ClassDef) and one.name in refusals
        for call in ast.walk(one)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (
            ast.unparse(node.func).split(".")[-1] in refusals or id(node) in of_themselves
        ):
            yield from (text for argument in node.args if " " in (text := _text(argument)))


def test_refusals_are_in_french() -> None:
    modules = [
        module
        for folder in ("services", "shared")
        for module in (ROOT / folder).rglob("*.py")
        if module.name not in _OF_PROGRAMS
    ]
    refusals = _refusals(modules)
    said = [(module, text) for module in modules for text in _sentences(module, refusals)]
    assert len(said) > 300
    # Shown to people as they are: where a program would ask next stands in the documents.
    addresses = [text for _, text in said if re.search(r"/v1/|\b(GET|POST|PUT|PATCH|DELETE) ", text)]
    assert not addresses, addresses
    english = [
        f"{module.relative_to(ROOT)}: {text}"
        for module, text in said
        if len(_ENGLISH.findall(text)) > len(_FRENCH.findall(text))
    ]
    assert english == []


def test_nothing_that_people_read_says_a_word_that_only_programs_know() -> None:
    # Whole texts of modules, since a sentence may be made a line before it is raised; a doc string is not one. Which field of the
    # request is meant stands beside the sentence, so that a form can put it there.
    told = [
        f"{module.relative_to(ROOT)}:{node.lineno}: {text}"
        for folder in ("services", "shared")
        for module in (ROOT / folder).rglob("*.py")
        if module.name not in _OF_PROGRAMS
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and re.match(r"[A-ZÀÉ«…][^\n]* [^\n]*[.?] ?$", text := _text(node))
        and len(_FRENCH.findall(text)) > 1
        and _OF_THE_INTERFACE.search(text)
    ]
    assert told == []
