"""The evaluation page: on a clone without the real offers it is made of a built département, and says so."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from services.matching.domain.configuration import TERMS
from shared.contracts.events.base import Point
from tests.bench.evaluation import __main__ as evaluation
from tests.bench.evaluation.french import TERMS as FRENCH_TERMS
from tests.bench.evaluation.map import Mark, svg


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """The page and the figures, from a built département and one world of each kind."""
    out: Path = tmp_path_factory.mktemp("evaluation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["evaluation", "--built", "--seeds", "1", "--out", str(out)])
        assert evaluation.main() == 0
    page = (out / "evaluation.html").read_text(encoding="utf-8")
    return page, json.loads((out / "evaluation.json").read_text(encoding="utf-8"))


def test_it_says_that_the_departement_is_built(written: tuple[str, dict[str, Any]]) -> None:
    page, figures = written
    assert figures["source"] == evaluation.SEEDED
    assert "Les offres réelles ne sont pas à côté du projet" in page
    assert figures["agreement"] is None


def test_figures_stand_beside_those_of_the_baselines(written: tuple[str, dict[str, Any]]) -> None:
    _, figures = written
    assert 0 < figures["precision_at_5"] <= 1
    assert set(figures["baselines"]) == {"former", "rome", "distance"}
    assert figures["precision_at_5"] > figures["baselines"]["distance"]["precision_at_5"]
    assert figures["n"] > 1_000
    assert set(figures["quality_worlds"]) == set(evaluation.WORLDS)


def test_the_page_needs_nothing_from_elsewhere(written: tuple[str, dict[str, Any]]) -> None:
    page, _ = written
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:|//)""", page)
    assert not re.search(r"@import|url\(\s*['\"]?(?:https?:|//)", page)
    assert "fetch(" not in page


def test_every_person_has_a_map_reasons_and_what_was_left_out(written: tuple[str, dict[str, Any]]) -> None:
    page, _ = written
    cards = page.split("<article")[1:]
    assert len(cards) >= 10
    assert all('<svg class="map"' in card for card in cards)
    assert all("Ce que montreraient d’autres" in card for card in cards)
    assert any('class="why"' in card for card in cards)
    assert any('class="why not"' in card for card in cards)
    assert page.count("data-person=") == page.count('class="votes"')


def test_what_offers_say_is_escaped_on_the_map() -> None:
    drawn = svg(Point(lat=46, lon=2), 10, [Mark(Point(lat=46.01, lon=2), 1, "<script>alert(1)</script>")], "Carte <b>")
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_offers_of_one_village_are_drawn_side_by_side() -> None:
    village = Point(lat=46.02, lon=2.02)
    drawn = svg(Point(lat=46, lon=2), 10, [Mark(village, at, f"offre {at}") for at in range(1, 9)], "Carte")
    places = re.findall(r'class="offer" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert len(set(places)) == 8


def test_every_term_of_the_score_has_its_french() -> None:
    assert set(FRENCH_TERMS) == set(TERMS)
