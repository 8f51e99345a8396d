"""Questions as people of a rural département type them: of themselves, of farms and gardens, of what they refuse."""

import pytest

from services.offers.search.intent import understand
from tests.service.offers.reading import find_place, read
from tests.service.offers.searching import Ask, an_entry, asking

OFFERS = (
    an_entry("nurse", "Infirmier", occupation="J1506", description="Avec la secrétaire médicale du service."),
    an_entry("secretary", "Secrétaire après-vente", occupation="M1607"),
    an_entry("vines", "Tractoriste", occupation="A1405"),
    an_entry("of the vines", "Auditeur", place="Saint-Thibault-des-Vignes", occupation="M1202"),
    an_entry("driver", "Chauffeur PL", occupation="N4101"),
    an_entry("works", "Conducteur de travaux", occupation="F1201"),
    an_entry("payroll", "Gestionnaire de paie", occupation="M1501"),
    an_entry("consultant", "Consultant senior", occupation="M1402"),
    an_entry("waiter", "Serveur", occupation="G1803", description="Le week-end aussi."),
)


@pytest.fixture(scope="module")
def ask() -> Ask:
    return asking(OFFERS)


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
