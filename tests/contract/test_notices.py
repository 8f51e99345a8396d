"""Every notice that a service asks for has its text, and the other way round."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import meta

from services.notifications.domain import applications, recommendations
from services.notifications.domain.living import Stand
from services.notifications.domain.matter import Category
from services.notifications.domain.notices import CATEGORIES, category_of
from services.notifications.templates.texts import GENERIC, environment
from shared.contracts.vocabulary import Notice

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {path.stem for path in (ROOT / "services/notifications/templates/items").glob("*.j2")}


def test_every_notice_has_a_text_and_a_category() -> None:
    missing = {notice.value for notice in Notice} - TEXTS
    assert not missing, f"services/notifications/templates/items has no text for {missing}: write NAME.j2."
    assert set(CATEGORIES) == set(Notice), "Give it a line in CATEGORIES of services/notifications/domain/notices.py."


def test_the_category_is_the_tables_and_of_what_a_later_release_tells_the_prefixs() -> None:
    """By it people choose what they are written about: a warning before an erasure is not of those about offers."""
    assert {notice: category_of(notice.value) for notice in Notice} == CATEGORIES
    later = ["interview_later", "agenda_later", "clause_later", "later"]
    expected = [Category.APPLICATIONS, Category.AGENDA, Category.FOLLOW_UP, Category.OFFERS]
    assert [category_of(template) for template in later] == expected


def test_nothing_is_asked_of_an_offer_that_was_erased() -> None:
    assert Stand("published").lives(Notice.SCHEDULE_ASKED.value)
    assert not Stand(None).lives(Notice.SCHEDULE_ASKED.value)


def test_no_text_is_left_that_nothing_tells() -> None:
    told = {notice.value for notice in Notice} | applications.TEMPLATES | recommendations.TEMPLATES | {GENERIC}
    assert told == TEXTS, (
        "On the right alone: texts of services/notifications/templates/items that nothing tells; take them away."
    )


ASKING = ("offers", "profiles", "clauses")


def test_every_notice_is_asked_for() -> None:
    sources = "".join(path.read_text() for name in ASKING for path in (ROOT / "services" / name).rglob("*.py"))
    asked = set(re.findall(r"\bNotice\.([A-Z_]+)", sources))
    assert asked == {notice.name for notice in Notice}, (
        "Nobody asks for it: a command tells it, or it goes from the vocabulary."
    )


OF_EVERY_MATTER = {"link", "person", "of_oneself", "territory", "reasons"}
"""What notifications itself gives to a text (``Texts._values``)."""
BUILT = r"(?:amendments|eligibility_ending|hours_due|hours_late|shortfall|silent)_more"
"""Names that are put together where they are told: ``f"{name}_more"`` of the digest of clauses."""


@cache
def read(module: str) -> tuple[set[str], set[str]]:
    """The texts that stand in a module of ours, names of parameters among them, and what it imports."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    if not path.exists():
        return set(), set()
    words: set[str] = set()
    imports: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.add(node.value)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return words, imports


@cache
def asking() -> dict[str, set[str]]:
    """By notice, the modules that name it."""
    found: dict[str, set[str]] = {}
    for path in (path for name in ASKING for path in (ROOT / "services" / name).rglob("*.py")):
        for notice in re.findall(r"\bNotice\.([A-Z_]+)", path.read_text()):
            found.setdefault(notice, set()).add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


@pytest.mark.parametrize("notice", Notice)
def test_what_a_text_asks_is_named_where_its_notice_is_asked_for(notice: Notice) -> None:
    """A parameter under another name than the text's gives «Un message du service emploi», and nobody learns of what.

    Near means: in a module that names the notice, or in one that it imports. An everyday word may stand there for another reason.
    """
    source = (ROOT / f"services/notifications/templates/items/{notice.value}.j2").read_text()
    wanted = meta.find_undeclared_variables(environment().parse(source)) - OF_EVERY_MATTER
    near: set[str] = set()
    for module in asking()[notice.name]:
        words, imports = read(module)
        near |= words.union(*(read(name)[0] for name in imports))
    nowhere = {name for name in wanted - near if not re.fullmatch(BUILT, name)}
    assert not nowhere, f"{notice.value}.j2 asks {nowhere}, which no module that asks for it (or its imports) gives."


def listed(service: str, end: str) -> set[str]:
    readme = (ROOT / "services" / service / "README.md").read_text()
    return set(re.findall(r"`([a-z_]+)`", readme.split("Notices:")[1].split(end)[0]))


def test_who_asks_and_who_tells_list_the_notices_in_their_readme() -> None:
    notices = {notice.value for notice in Notice}
    assert listed("offers", "##") | listed("clauses", ".") | listed("profiles", ".") == notices, (
        "The README of who asks for it lists it."
    )
    assert listed("notifications", ".") == notices, "The README of notifications lists it."
