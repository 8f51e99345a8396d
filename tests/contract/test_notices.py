"""Every notice that a service asks for has its text, and the other way round."""

import re
from pathlib import Path

from services.notifications.domain import applications, recommendations
from services.notifications.domain.living import Stand
from services.notifications.domain.matter import Category
from services.notifications.domain.notices import CATEGORIES, category_of
from services.notifications.templates.texts import GENERIC
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


def listed(service: str, end: str) -> set[str]:
    readme = (ROOT / "services" / service / "README.md").read_text()
    return set(re.findall(r"`([a-z_]+)`", readme.split("Notices:")[1].split(end)[0]))


def test_who_asks_and_who_tells_list_the_notices_in_their_readme() -> None:
    notices = {notice.value for notice in Notice}
    assert listed("offers", "##") | listed("clauses", ".") | listed("profiles", ".") == notices, (
        "The README of who asks for it lists it."
    )
    assert listed("notifications", ".") == notices, "The README of notifications lists it."
