"""Questions as they are typed on a telephone: by ear, without spaces, in other letters, of oneself, of nothing at all."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.offers.search import filters
from services.offers.search.asides import ASIDES
from services.offers.search.sound import heard, sound
from services.offers.search.town_names import town_heard
from services.offers.search.words import Word
from tests.service.offers.reading import read
from tests.service.offers.searching import Ask, an_entry, asking

_DAY = 86_400.0
_NOW = 1_772_000_000.0
_ANNEMASSE = {"lat": 46.19, "lon": 6.23, "territory": "74", "commune": "74012", "place": "Annemasse"}
OFFERS = (
    an_entry("mason", "Maçon", occupation="F1703", confirmed=_NOW - 3 * _DAY),
    an_entry("house", "Gouvernante de maison", occupation="K1304", confirmed=_NOW - 2 * _DAY),
    an_entry("loader", "Manutentionnaire", occupation="N1105", confirmed=_NOW - 8 * _DAY),
    an_entry("cleaner", "Femme de ménage", occupation="K1304", confirmed=_NOW - 7 * _DAY),
    an_entry("canteen", "Employé de restauration", occupation="G1607", confirmed=_NOW - 6 * _DAY),
    an_entry("waste", "Agent de déchetterie", occupation="K2303", confirmed=_NOW - 5 * _DAY, description="Près de la cantine."),
    an_entry("carer", "Auxiliaire de vie", occupation="K1302", confirmed=_NOW - 4 * _DAY),
    an_entry("risk", "Contrôleur", occupation="M1204", description="Les facteurs de risque.", confirmed=_NOW - 10 * _DAY),
    an_entry("chemist", "Chimiste", occupation="H1503", description="Traite des eaux, traite les odeurs.", confirmed=_NOW - _DAY),
    an_entry("far waiter", "Serveur", occupation="G1803", confirmed=_NOW - 11 * _DAY),
    an_entry("waiter", "Serveur Annemasse", occupation="G1803", **_ANNEMASSE),
    *(an_entry(f"at Annemasse {at}", "Vigile Annemasse", occupation="K2503", company="Leclerc", **_ANNEMASSE) for at in range(5)),
    an_entry("shop", "Employé commercial", occupation="D1507", confirmed=_NOW - 12 * _DAY),
)  # fmt: skip


@pytest.fixture(scope="module")
def ask() -> Ask:
    return asking(OFFERS)


@pytest.mark.parametrize(
    ("q", "first"),
    [("masson", "mason"), ("manutansionaire", "loader")],
)
def test_a_word_that_was_spelt_by_ear_is_the_one_that_sounds_so(ask: Ask, q: str, first: str) -> None:
    assert ask(q)[:1] == [first]


def test_a_question_pasted_with_soft_hyphens_is_the_words_that_one_sees(ask: Ask) -> None:
    assert ask("man\u00adu\u00adten\u00adtion\u00adnaire")[:1] == ["loader"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chofeur", "chauffeur"),
        ("soiniante", "soignante"),
        ("electrisien", "electricien"),
        ("kaissiere", "caissiere"),
        ("fonctionere", "fonctionnaire"),
        ("netoyage", "nettoyage"),
        ("agrikol", "agricole"),
    ],
)
def test_what_sounds_alike_has_one_key(typed: str, meant: str) -> None:
    assert sound(typed) == sound(meant)


def test_a_word_that_ends_in_a_vowel_has_no_other_end() -> None:
    cyto = Word("Cyto", "cyto", 0, 4)
    assert heard(cyto) == (sound("cyto"),)
    assert sound("site") not in heard(cyto)


def test_what_sounds_otherwise_has_another_key() -> None:
    words = (
        "macon",
        "maison",
        "cariste",
        "caissiere",
        "boulanger",
        "boucher",
        "serveur",
        "soudeur",
        "vendeur",
        "facteur",
    )
    assert len({sound(word) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("водій Гере", ["chauffeur"], {"commune": "23096"}),
        ("робота в Обюссоне", [], {"commune": "23008"}),
        ("عامل نظافة في غيريه", ["ouvrier", "nettoyage"], {"commune": "23096"}),
        ("femeie de serviciu aubenas", ["menage"], {"commune": "07019"}),
        ("прибиральниця Тонон", ["nettoyage"], {"commune": "74281"}),
        ("no experience job annecy", [], {"beginner": "true", "commune": "74010"}),
        ("waiter part time annecy", ["waiter"], {"working_time": "part_time", "commune": "74010"}),
        ("driver no license", ["driver"], {"no_licence": "true"}),
        ("rsa", [], {}),
        ("rsa travail guéret", [], {"commune": "23096"}),
        ("je touche le rsa ménage", ["menage"], {}),
        ("conseiller rsa", ["conseiller", "rsa"], {}),
        ("inscrite à pole emploi couture", ["couture"], {}),
        ("vendeuse mercredi libre", ["vendeuse"], {}),
        ("employé libre service", ["employe", "libre", "service"], {}),
        ("chantier d'insertion guéret", [], {"contract_kind": "cddi", "commune": "23096"}),
        ("encadrant chantier d'insertion", ["encadrant", "chantier", "insertion"], {}),
        ("ok google trouve moi un boulot de maçon s'il te plait", ["macon"], {}),
        ("aide à la personne", ["aide", "personne"], {}),
    ],
)
def test_filters_places_and_what_is_no_word_of_offers(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


@pytest.mark.parametrize("word", ["гараж", "полный", "требуется", "школа", "شركة", "شهادة", "сервис"])
def test_ordinary_words_in_other_letters_are_no_towns(word: str) -> None:
    assert town_heard(word) is None


@pytest.mark.parametrize(
    ("q", "first"),
    [("femmedemenage", "cleaner"), ("auxiliairedevie", "carer"), ("agentdedechetterie", "waste"), ("serveurannemasse", "waiter")],
)  # fmt: skip
def test_words_that_were_typed_as_one_are_taken_apart(ask: Ask, q: str, first: str) -> None:
    assert ask(q)[:1] == [first]


def test_who_asks_for_nothing_in_particular_is_shown_everything_the_freshest_first(ask: Ask) -> None:
    freshest = [offer.id for offer in sorted(OFFERS, key=lambda offer: -offer.confirmed)]
    for q in ("travail urgent svp", "boulot", "n'importe quoi", "cherchetravail"):
        found = ask(q)
        assert found[6:] == freshest[6:], q
        assert set(found) == set(freshest), q


def test_of_what_is_as_near_the_freshest_comes_first(ask: Ask) -> None:
    assert ask("guéret")[:4] == ["chemist", "house", "mason", "carer"]


def test_a_vague_word_is_no_answer_to_the_rest(ask: Ask) -> None:
    assert ask("agent cantine scolaire")[:1] == ["canteen"]
    assert "risk" not in ask("facteur")
    assert ask("traite des vaches") == []


def test_where_a_chain_has_no_work_nearby_like_work_will_do(ask: Ask) -> None:
    assert ask("leclerc guéret") == ["shop"]


def test_a_mistyped_place_is_one_though_titles_of_offers_name_it(ask: Ask) -> None:
    assert ask("annemase serveur") == ["waiter"]


_HINTED = [(rule.pattern, rule.hints) for rule in filters._RULES] + [(one[0], one[3]) for one in ASIDES]


@pytest.mark.parametrize(("pattern", "hints"), _HINTED)
def test_whatever_says_a_filter_has_one_of_its_hints(pattern: re.Pattern[str], hints: tuple[str, ...]) -> None:
    """Hints spare the patterns, and must not cost an answer."""

    # What is shrunk takes minutes here, and tells no more.
    @settings(
        max_examples=40, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )
    @given(st.from_regex(re.sub(_LOOKS_AROUND, "", pattern.pattern), fullmatch=True))
    def looked_for(said: str) -> None:
        if pattern.search(said):
            assert filters._hints_of(said) & set(hints), said

    looked_for()


_LOOKS_AROUND = r"\(\?<?[!=][^()]*(?:\([^()]*\)[^()]*)*\)"


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("empregada de mesa", "waiter"),
        ("garçon de café", "waiter"),
        ("dame pipi", "cleaning"),
        ("gabelstaplerfahrer", "forks"),
        ("jveu bossé ds les champs", "farm"),
        ("un truc de serveur pas trop loin", "waiter"),
        ("nanny", "nanny"),
        ("جليسة أطفال", "nanny"),
        ("доглядальниця", "home help"),
        ("🧹", "cleaning"),
        ("👵 aide", "home help"),
        ("ok dis moi trouve moi un boulot de maçon", "mason"),
        ("je voudrais savoir s'il y a une place de serveur", "waiter"),
    ],
)
def test_a_trade_is_found_by_a_picture_another_language_or_an_old_word(q: str, first: str) -> None:
    ask = asking(
        (
            *(one for one in OFFERS if one.id in ("mason", "waiter", "far waiter", "loader", "chemist")),
            an_entry("nanny", "Garde d'enfants", occupation="K1303"),
            an_entry("home help", "Aide à domicile", occupation="K1304"),
            an_entry("cleaning", "Agent d'entretien", occupation="K2204"),
            an_entry("forks", "Cariste", occupation="N1101"),
            an_entry("farm", "Ouvrier maraîcher", occupation="A1414"),
            an_entry("data", "Data scientist", occupation="M1405"),
            an_entry("large retail", "Chef de département en grande distribution", occupation="D1509"),
            an_entry("at Nancy", "Programmeur à Nancy", occupation="M1805"),
        )
    )
    assert [one.replace("far ", "") for one in ask(q)][:1] == [first]
    assert ask("🙂") == []


def test_who_looks_for_a_trade_is_not_shown_all_that_is_done_in_a_town_of_its_name() -> None:
    ask = asking(
        [
            an_entry("trade", "Maçon coffreur", "F1703"),
            an_entry("town", "Comptable", "M1203", place="Mâcon"),
            an_entry("other", "Comptable", "M1203", place="Bar-le-Duc"),
        ]
    )
    assert ask("maçon") == ["trade"]
    assert ask("bar") == []
