"""Questions as people of a rural département type them: of themselves, of farms and gardens, of what they refuse."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.offers.queries.search import Wanted
from services.offers.search.facts import Entry, Flag
from services.offers.search.finder import Finder
from services.offers.search.index import OfferIndex
from services.offers.search.intent import understand
from shared.clock import HandClock
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.bench.search_quality import nowhere
from tests.service.offers.reading import find_place, read

Ask = Callable[[str], list[str]]

_NOW = 1_772_000_000.0
_PLAIN = Entry(
    id="", lat=46.17, lon=1.87, territory="23", commune="23096", occupation=None, kind="job", contract="cdi", source="partner",
    flags=Flag(0), hours=None, experience=0, confirmed=_NOW, crowd=0, title="", label="", company="", place="Guéret",
    skills="", description="",
)  # fmt: skip
OFFERS = (
    replace(
        _PLAIN, id="nurse", title="Infirmier", occupation="J1506", description="Avec la secrétaire médicale du service."
    ),
    replace(_PLAIN, id="secretary", title="Secrétaire après-vente", occupation="M1607"),
    replace(_PLAIN, id="vines", title="Tractoriste", occupation="A1405"),
    replace(_PLAIN, id="of the vines", title="Auditeur", place="Saint-Thibault-des-Vignes", occupation="M1202"),
    replace(_PLAIN, id="driver", title="Chauffeur PL", occupation="N4101"),
    replace(_PLAIN, id="works", title="Conducteur de travaux", occupation="F1201"),
    replace(_PLAIN, id="payroll", title="Gestionnaire de paie", occupation="M1501"),
    replace(_PLAIN, id="consultant", title="Consultant senior", occupation="M1402"),
    replace(_PLAIN, id="waiter", title="Serveur", occupation="G1803", description="Le week-end aussi."),
)


@pytest.fixture(scope="module")
def ask() -> Ask:
    """Ids that answer a question, the best first."""
    finder = Finder(nowhere(), HandClock(datetime.fromtimestamp(_NOW, UTC)), Communes.load(), Occupations.load())
    index = OfferIndex(finder.trades, _NOW)
    index.add(OFFERS)
    snapshot = index.commit()
    return lambda q: finder.look_up(snapshot, Wanted(q=q)).ids


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("travail 17 ans", [], {}),
        ("emploi pour senior 58 ans", [], {}),
        ("mineur 16 ans job été", [], {"contract_kind": "seasonal"}),
        ("cherche poste adapté rqth", [], {}),
        ("travail assis mal de dos", [], {}),
        ("secrétaire problème de dos", ["secretaire"], {}),
        ("boulot d'été serveur", ["serveur"], {"contract_kind": "seasonal"}),
        ("tonte pelouse et haies", ["tonte", "pelouse", "haies"], {}),
        ("vendanges 2026", ["vendanges"], {}),
        ("facteur remplaçant", ["facteur"], {}),
    ],
)
def test_what_people_say_of_themselves_is_no_word_that_offers_have(
    q: str, words: list[str], parameters: dict[str, object]
) -> None:
    assert read(q) == (words, parameters)


def test_who_says_nothing_but_their_age_is_shown_everything(ask: Ask) -> None:
    everything = {offer.id for offer in OFFERS}
    assert set(ask("travail 17 ans")) == everything
    # Titles with that word ask for long experience.
    assert set(ask("emploi pour senior 58 ans")) == everything


def test_a_place_behind_what_is_left_out_is_still_a_place() -> None:
    understood = understand("rien dans la restauration Aubenas", find_place)
    assert [[word.folded for word in one] for one in understood.barred] == [["restauration"]]
    assert [chip.label for chip in understood.chips] == ["Aubenas (07)"]


def test_offers_that_only_write_of_the_work_do_not_hide_what_is_near_it(ask: Ask) -> None:
    assert ask("secrétaire médicale")[:1] == ["secretary"]
    assert "vines" in ask("travail dans les vignes")
    assert "of the vines" not in ask("travail dans les vignes")
    assert ask("truck driver") == ["driver"]
    # A time of day that no waiter's offer states steps back before who does the work.
    assert ask("serveuse extra week end")[:1] == ["waiter"]


def test_short_words_are_no_others_of_another_first_letter(ask: Ask) -> None:
    assert ask("haies") == []
