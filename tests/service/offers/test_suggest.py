"""What is suggested while somebody types: the last words go on, all before them stays, and what is offered comes first."""

import asyncio
import random
import re
import threading
from collections.abc import Callable

import pytest

from services.offers.queries.search import Wanted
from services.offers.search import filters
from services.offers.search.chips import ChipKind
from services.offers.search.facts import Flag
from services.offers.search.finder import Finder
from services.offers.search.index import OfferIndex, Snapshot
from services.offers.search.intent import understand
from services.offers.search.places import Home
from services.offers.search.sayings import SAID, WORDS, begun
from services.offers.search.suggestion import Suggestion, SuggestionKind
from services.offers.search.typing_now import Typing
from tests.service.offers.searching import an_entry, made

Suggest = Callable[..., list[Suggestion]]
OCCUPATION, TITLE, FILTER, PLACE = SuggestionKind
GUERET = (46.17, 1.87)


@pytest.fixture(scope="module")
def search() -> tuple[Finder, Snapshot]:
    return made(
        [
            an_entry("waiter", "Serveur", "G1803", flags=Flag.PART_TIME | Flag.EVENING | Flag.LATE),
            an_entry("carer", "Aide-soignant de nuit", "J1501", contract="cdd", flags=Flag.NIGHT | Flag.AT_NIGHT),
            an_entry("writer", "Rédacteur", "E1103", description="Poste en télétravail.", experience=24),
            an_entry("fitter", "Plombier", "F1603", contract="temporary", flags=Flag.NO_LICENCE, experience=24),
            an_entry("help", "Aide à domicile", "K1304", flags=Flag.AT_WEEKENDS | Flag.WEEKEND),
            an_entry("sitter", "Garde d'enfants", "K1304", flags=Flag.PART_TIME),
            an_entry("mason", "Maçon", "F1703", territory="74", commune="74010", lat=45.9, lon=6.12, place="Annecy"),
        ]
    )


@pytest.fixture(scope="module")
def suggest(search: tuple[Finder, Snapshot]) -> Suggest:
    finder, snapshot = search
    return lambda q, limit=5, home=Home(): finder.suggested(snapshot, q, limit, home)


@pytest.fixture(scope="module")
def nothing_offered() -> Suggest:
    finder, snapshot = made([an_entry("only", "Ostréiculteur", "A1404")])
    return lambda q: finder.suggested(snapshot, q, 5)


def of(kind: SuggestionKind, found: list[Suggestion]) -> list[Suggestion]:
    return [one for one in found if one.kind is kind]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("aide s", "Aide-soignant"),
        ("aide à d", "Aide à domicile"),
        ("cuis", "Cuisinier"),
        ("serveu", "Serveur"),
        ("maç", "Maçon"),
        ("MAC", "Maçon"),
        ("plombi", "Plombier"),
        # With a typing error in what was typed so far.
        ("boulag", "Boulanger"),
        ("serveurr", "Serveur"),
        ("cuisinn", "Cuisinier"),
        # An ending for the other sex that is not finished.
        ("serveur·eu", "Serveur"),
        ("serveur(s", "Serveur"),
        ("plombier/i", "Plombier"),
    ],
)
def test_the_common_job_that_goes_on_so_comes_first(nothing_offered: Suggest, q: str, first: str) -> None:
    assert of(OCCUPATION, nothing_offered(q))[0].label == first


def test_a_word_that_joins_may_be_whole_as_well(nothing_offered: Suggest) -> None:
    for q in ("aide s", "aide à", "aide "):
        found = [one.label for one in of(OCCUPATION, nothing_offered(q))]
        assert "Aide-soignant" in found, q
        assert len(found) == len(set(found)) == 5, q


@pytest.mark.parametrize(
    ("q", "code"), [("AS", "J1501"), ("as", "J1501"), ("cdi as", "J1501"), ("atsem", "K1308"), ("nounou", "K1303")]
)
def test_an_abbreviation_is_what_it_stands_for(suggest: Suggest, q: str, code: str) -> None:
    assert of(OCCUPATION, suggest(q))[0].code == code


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("mi-t", "mi-temps"),
        ("mit", "mi-temps"),
        ("MI T", "mi-temps"),
        ("cdi", "CDI"),
        ("c", "CDI"),
        ("de nu", "de nuit"),
        ("debut", "débutant accepté"),
        ("débutta", "débutant accepté"),
        ("sans p", "sans permis"),
        ("télétr", "télétravail"),
        ("teletravial", "télétravail"),
        ("week-e", "le week-end"),
        ("weeke", "le week-end"),
        ("pas de nu", "pas de nuit"),
        ("l'après", "l'après-midi"),
        ("L’APRÈS-M", "l'après-midi"),
        ("inter", "intérim"),
        ("interrim", "intérim"),
        ("temps par", "temps partiel"),
        ("20 k", "20 km"),
        ("35h", "35 h par semaine"),
        ("2 ans", "2 ans d'expérience"),
    ],
)
def test_a_filter_is_gone_on_with(suggest: Suggest, q: str, said: str) -> None:
    assert said in [one.q for one in of(FILTER, suggest(q))]


@pytest.mark.parametrize(
    ("q", "whole"),
    [
        ("serveur mi-t", "serveur mi-temps"),
        ("serveur cdi gué", "serveur cdi Guéret"),
        ("SERVEUR  CDI Gue", "SERVEUR  CDI Guéret"),
        ("aide à domicile le wee", "aide à domicile le week-end"),
        ("cdi serv", "cdi Serveur"),
        ("guéret serv", "guéret Serveur"),
        ("mi-temps cuisinnie", "mi-temps Cuisinier"),
        ("plombier ou serv", "plombier ou Serveur"),
        ("garde d'enfants d'aub", "garde d'enfants d'Aubusson"),
        ("serveur 2330", "serveur La Souterraine"),
        ("serveur 23", "serveur Creuse"),
        ("plombier limou", "plombier Limousin"),
    ],
)
def test_what_was_typed_before_stays_in_front(suggest: Suggest, q: str, whole: str) -> None:
    assert whole in [one.q for one in suggest(q)]


def test_what_was_denied_before_is_said_as_denied(suggest: Suggest) -> None:
    one = of(FILTER, suggest("je ne veux pas travailler le dim"))[0]
    assert one.q == "je ne veux pas travailler le dimanche"
    assert one.parameters == {"no_weekend": "true"}
    assert one.label == "Sans week-end"


def test_behind_a_trade_no_other_is_suggested_and_behind_a_denial_nothing_is(suggest: Suggest) -> None:
    assert of(OCCUPATION, suggest("serveur plom")) == []
    assert of(OCCUPATION, suggest("pas de serv")) == []
    assert of(OCCUPATION, suggest("de nu")) == []
    assert of(PLACE, suggest("pas de gué")) == []
    assert of(FILTER, suggest("conducteur de trai")) == []


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("gué", "Guéret (23)"),
        ("aub", "Aubusson (23)"),
        ("aube", "Aube (10)"),
        ("tours", "Tours (37)"),
        ("10", "Aube (10)"),
        ("23", "Creuse (23)"),
        ("creuse", "Creuse (23)"),
        ("la creu", "Creuse (23)"),
        ("limousi", "Limousin (19, 23, 87)"),
        ("2330", "La Souterraine (23)"),
        ("la souteraine", "La Souterraine (23)"),
    ],
)
def test_places_where_there_are_offers_come_before_others_that_begin_so(suggest: Suggest, q: str, first: str) -> None:
    assert of(PLACE, suggest(q))[0].label == first


def test_of_places_of_one_name_the_own_comes_first(suggest: Suggest) -> None:
    near = suggest("saint-maurice-", home=Home(GUERET))
    assert of(PLACE, near)[0].label == "Saint-Maurice-la-Souterraine (23)"
    assert of(PLACE, suggest("saint-sulpice-", home=Home(None, ("23",))))[0].label.endswith("(23)")


def test_a_word_that_joins_begins_no_departement(suggest: Suggest) -> None:
    assert "Ain (01)" not in [one.label for one in of(PLACE, suggest("par"))]


def test_what_is_offered_comes_first_near_before_elsewhere(suggest: Suggest) -> None:
    assert of(OCCUPATION, suggest("ma"))[0].label == "Maçon"
    assert of(OCCUPATION, suggest("m", home=Home(None, ("74",))))[0].label == "Maçon"
    assert of(OCCUPATION, suggest("s"))[0].code == "G1803"
    # Of what was asked so far: the only temporary work is a plumber's.
    assert [(one.q, one.offers) for one in of(OCCUPATION, suggest("intérim p"))] == [("intérim Plombier", 1)]


def test_filters_that_leave_nothing_are_left_out_where_others_do_not(suggest: Suggest) -> None:
    assert [(one.q, one.offers) for one in of(FILTER, suggest("serveur le s"))] == [("serveur le soir", 1)]
    assert [(one.q, one.offers) for one in of(FILTER, suggest("le s"))] == [("le soir", 1), ("le samedi", 1)]
    # Nobody offers it, and nothing else begins so: it is said, with how many there are.
    assert [(one.q, one.offers) for one in of(FILTER, suggest("bénév"))] == [("bénévolat", 0)]
    assert [one.offers for one in of(FILTER, suggest("télét"))] == [1]


def test_who_typed_a_filter_or_a_place_to_its_end_gets_it_first(suggest: Suggest) -> None:
    assert suggest("cdi")[0].kind is FILTER
    assert suggest("guéret")[0].kind is PLACE
    assert suggest("serveur")[0].kind is OCCUPATION


@pytest.mark.parametrize("q", ["", "  ", "🙂", "'", "%", "€", "-", "()", "\u200b", "، ؟"])
def test_of_nothing_nothing_is_suggested(suggest: Suggest, q: str) -> None:
    assert suggest(q) == []


@pytest.mark.parametrize("q", ["повар", "طباخ", "厨师", "cocinero"])
def test_other_scripts_and_languages_are_read_as_the_search_reads_them(suggest: Suggest, q: str) -> None:
    assert of(OCCUPATION, suggest(q))[0].code == "G1609"


def test_whatever_is_typed_is_borne(suggest: Suggest) -> None:
    for q in (
        "a" * 200,
        "a " * 100,
        "é" * 200,
        "1" * 200,
        "mi-" * 66,
        "(" * 200,
        "l'" * 100,
        "пов" * 66,
        "cdi " * 50,
        "٣٥ h",
        "²³",
    ):
        found = suggest(q, 20)
        assert all(len(of(kind, found)) <= 20 for kind in SuggestionKind), q


def test_every_saying_is_read_as_a_filter_to_its_end_and_is_found_by_its_beginning() -> None:
    for phrase in SAID:
        chips = understand(phrase, None).chips
        assert [chip.end for chip in chips[-1:]] == [len(phrase)], phrase
        assert phrase in [one for _, one in begun(phrase[:-1])], phrase
    for phrase in WORDS:
        understood = understand(phrase, None)
        assert understood.chips == ()
        assert [word.text for word in understood.words] == [phrase]


def test_every_filter_is_said_by_a_saying() -> None:
    said = {(chip.kind, chip.label) for phrase in SAID for chip in understand(phrase, None).chips}
    assert {(rule.kind, rule.said.label) for rule in filters._RULES} - said == set()


_BEFORE = ("", "serveur", "aide à domicile cdi", "je cherche un poste de plombier", "mi-temps", "Annecy")


def test_every_filter_that_is_suggested_is_read_as_what_it_says(
    search: tuple[Finder, Snapshot], suggest: Suggest
) -> None:
    finder, snapshot = search
    seen = 0
    for before in _BEFORE:
        for phrase in (*SAID, *WORDS):
            q = f"{before} {phrase[: max(3, len(phrase) - 3)]}".strip()
            for one in of(FILTER, suggest(q, 20)):
                seen += 1
                reading = finder.read(snapshot, Wanted(q=one.q))
                assert reading is not None
                assert one.q.startswith(before), (q, one)
                if one.parameters is None:
                    assert "teletravail" in [word.folded for unit in reading.question.units for word in unit.words]
                else:
                    assert one.parameters in [chip.parameters for chip in reading.chips], one
    assert seen > len(_BEFORE) * len(SAID)


def test_places_and_occupations_that_are_suggested_are_read_as_what_they_say(
    search: tuple[Finder, Snapshot], suggest: Suggest
) -> None:
    finder, snapshot = search
    rng = random.Random(7)
    names = rng.sample([commune.name for commune in finder.suggester.places.communes], 120)
    for name in names:
        q = f"{rng.choice(('', 'serveur ', 'cdi '))}{name[: rng.randrange(3, len(name) + 1)] if len(name) > 3 else name}"
        for one in of(PLACE, suggest(q)):
            reading = finder.read(snapshot, Wanted(q=one.q))
            assert reading is not None
            meant = [chip.parameters for chip in reading.chips if chip.kind is ChipKind.PLACE]
            assert {"commune": one.code} in meant or {"territory": one.code} in meant or one.code is None, (q, one)
    seen, misread = 0, []
    for q in (*"abcdefghijlmnoprstv", "aide", "agent", "chef", "condu", "resp", "tech", "cdi serv", "mi-temps vend"):
        for one in of(OCCUPATION, suggest(q, 20)):
            reading = finder.read(snapshot, Wanted(q=one.q))
            assert reading is not None
            seen += 1
            if one.code not in {trade.code for trade in reading.question.trades}:
                misread.append((q, one.q, one.code))
    # Of a title with a filter in its name («Second de cuisine débutant») the rest may be another one's.
    assert len(misread) <= seen // 50, misread


def test_words_of_offers_that_are_gone_are_suggested_no_more() -> None:
    finder, snapshot = made([an_entry("one", "Dompteur de salamandres"), an_entry("two", "Vendeur")])
    assert finder.suggested(snapshot, "salam", 5)
    finder, snapshot = made([an_entry("two", "Vendeur")])
    assert [one for one in finder.suggested(snapshot, "salam", 5) if re.search("alamandr", one.q)] == []


def test_many_titles_are_listed_anew_beside_who_types() -> None:
    finder, snapshot = made([an_entry(str(number), f"Serveur {number % 7}", "G1803") for number in range(5_000)])
    now = 0.0
    typing = Typing(finder, lambda: now)
    typing.renew(snapshot)
    index = OfferIndex(finder.trades, 0.0)
    index.add([an_entry(str(number), f"Serrurier {number % 7}", "F1607") for number in range(5_000)])
    later = index.commit()
    assert not typing.behind(later)
    now = 61.0
    assert typing.behind(later)
    assert typing.now(later, Home()).titles.starting("serrurier", 1) == []  # nobody's request lists them
    typing.renew(later)
    assert not typing.behind(later)
    assert typing.now(later, Home()).titles.starting("serrurier", 1)[0].offers in (714, 715)


async def test_of_many_who_type_at_once_one_has_the_titles_listed_anew_and_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finder, snapshot = made([an_entry("one", "Dompteur de salamandres")])
    finder.suggested(snapshot, "salam", 5)
    begins, may_end = [threading.Event(), threading.Event()], threading.Event()
    lists: list[Snapshot] = []

    def renew(_: Typing, of: Snapshot) -> None:
        lists.append(of)
        begins[min(len(lists), 2) - 1].set()
        assert may_end.wait(60)

    async def ready() -> Snapshot:
        return snapshot

    monkeypatch.setattr(Typing, "renew", renew)
    monkeypatch.setattr(Typing, "behind", lambda _, of: of is snapshot)
    monkeypatch.setattr(finder.follower, "snapshot", ready)
    try:
        told = await asyncio.gather(*(finder.suggest("salam", 5) for _ in range(5)))
        assert all(any("alamandr" in one.q for one in each) for each in told)
        assert await asyncio.to_thread(begins[0].wait, 60)
        assert lists == [snapshot]
    finally:
        may_end.set()
    (listing,) = (task for task in asyncio.all_tasks() if task.get_name() == "titles of offers")
    await listing
    await finder.suggest("salam", 5)
    assert await asyncio.to_thread(begins[1].wait, 60)  # when it is over, the next one may begin
    assert lists == [snapshot, snapshot]
