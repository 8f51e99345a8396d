"""The work that is asked for comes before whatever else has its words, is near, is fresh or has all filters."""

from typing import Any

import pytest

from services.offers.queries.search import Sort, Wanted
from services.offers.search.facts import Flag
from tests.service.offers.searching import an_entry, made
from tests.service.offers.support import Desk

LIMOGES = {"lat": 45.83, "lon": 1.26, "territory": "87", "commune": "87085", "place": "Limoges"}
"""Some 70 km from Guéret."""
NANTES = {"lat": 47.22, "lon": -1.55, "territory": "44", "commune": "44109", "place": "Nantes"}
"""Some 290 km."""
LILLE = {"lat": 50.63, "lon": 3.06, "territory": "59", "commune": "59350", "place": "Lille"}
"""Some 500 km."""


def asked(offers: list[Any], q: str, **more: Any) -> Any:
    finder, snapshot = made(offers)
    return finder.look_up(snapshot, Wanted(q=q, **more))


def texts(number: int, text: str, **more: Any) -> list[Any]:
    """Offers that only write of something."""
    return [an_entry(f"text{at}", f"Vendeur {at}", "D1106", description=text, **more) for at in range(number)]


def test_the_work_comes_before_nearer_offers_that_have_its_words_in_their_text() -> None:
    offers = [
        *texts(6, "À côté de la boulangerie, avec le boulanger"),
        an_entry("work", "Boulanger", "D1102", **LIMOGES),
    ]
    page = asked(offers, "boulanger Guéret")
    assert page.ids[0] == "work"
    assert page.others == [False] + [True] * 6
    assert (page.radius_km, page.widened, page.no_such_work) == (100.0, True, False)


def test_the_circle_grows_until_it_holds_enough_of_the_work() -> None:
    offers = [*texts(9, "boulanger"), *(an_entry(f"work{at}", "Boulanger", "D1102", **LIMOGES) for at in range(5))]
    page = asked(offers, "boulanger Guéret")
    assert set(page.ids[:5]) == {f"work{at}" for at in range(5)}
    assert page.radius_km == 75.0


def test_without_a_place_too() -> None:
    offers = [
        *(an_entry(f"text{at}", "Vendeur", "D1106", description="boulanger boulanger boulanger") for at in range(40)),
        an_entry("code", "Poste à pourvoir", "D1102", confirmed=1_771_000_000.0),
    ]
    page = asked(offers, "boulanger")
    assert page.ids[0] == "code"
    assert page.others == [False] + [True] * 19


def test_pages_of_the_work_and_of_the_others_follow_each_other_without_a_gap() -> None:
    offers = [
        *texts(7, "boulanger"),
        *(an_entry(f"work{at}", f"Boulanger {at}", "D1102") for at in range(6)),
    ]
    finder, snapshot = made(offers)
    for q in ("boulanger", "boulanger Guéret"):
        seen: list[str] = []
        after = None
        while True:
            page = finder.look_up(snapshot, Wanted(q=q, limit=4, after=after))
            seen += page.ids
            if (after := page.position) is None:
                break
        assert len(seen) == len(set(seen)) == 13
        assert all(id.startswith("work") for id in seen[:6])


def test_a_title_is_the_work_under_any_code_or_none() -> None:
    offers = [
        *texts(3, "assistant social"),
        an_entry("wrong", "Assistant social (H/F)", "M1604"),
        an_entry("none", "Assistante sociale"),
    ]
    page = asked(offers, "assistante sociale Guéret")
    assert set(page.ids[:2]) == {"wrong", "none"}
    assert page.others[:2] == [False, False]


def test_the_title_of_who_looks_after_a_thing_is_not_the_work_with_it() -> None:
    offers = [
        an_entry("shelf", "Responsable rayon fruits et légumes", "D1507"),
        an_entry("harvest", "Ouvrier", "A1401", **LIMOGES),
    ]
    assert asked(offers, "cueillette de fruits Guéret").ids[0] == "harvest"


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("aesh", "K2104"),  # K2113 was split off from it
        ("ouvrier viticole", "A1401"),  # A1444
        ("cuisinier", "G1602"),  # G1609
    ],
)
def test_offers_that_still_have_the_older_code_are_the_work(q: str, code: str) -> None:
    page = asked([an_entry("older", "Poste à pourvoir", code)], f"{q} Guéret")
    assert (page.ids, page.others) == (["older"], [False])


def test_what_is_near_is_what_the_referential_calls_so() -> None:
    offers = [
        an_entry(
            "secretary", "Secrétaire comptable", "M1608", description="classer le courrier"
        ),  # the same three letters
        an_entry("courier", "Livreur", "N4105"),
    ]
    page = asked(offers, "facteur Guéret")
    assert (page.ids, page.others, page.no_such_work) == (["courier"], [True], True)


def test_a_rank_alone_is_no_answer() -> None:
    offers = [
        an_entry("sales", "Assistant commercial", "D1401"),
        an_entry("works", "Ouvrier routier", "F1702"),
        an_entry("near", "Garde d'enfants", "K1303"),
    ]
    assert asked(offers, "assistante maternelle Guéret").ids == ["near"]
    assert "works" not in asked(offers, "ouvrier viticole Guéret").ids


def test_work_that_is_offered_only_far_away_is_shown_there_before_other_work_here() -> None:
    offers = [an_entry("near", "Livreur", "N4105"), an_entry("far", "Facteur", "M1603", **NANTES)]
    page = asked(offers, "facteur Guéret")
    assert (page.ids, page.others) == (["far", "near"], [False, True])
    assert (page.reading.far, page.radius_km, page.no_such_work) == (True, 300.0, False)
    # Whoever says how far is not led further, and the other end of the country is no answer.
    assert asked(offers, "facteur à 30 km de Guéret").ids == ["near"]
    assert asked([offers[0], an_entry("far", "Facteur", "M1603", **LILLE)], "facteur Guéret").ids == ["near"]


def test_a_later_page_is_as_far_as_the_first() -> None:
    offers = [
        *(an_entry(f"near{at}", "Livreur", "N4105") for at in range(3)),
        *(an_entry(f"far{at}", "Facteur", "M1603", **NANTES) for at in range(3)),
    ]
    finder, snapshot = made(offers)
    first = finder.look_up(snapshot, Wanted(q="facteur Guéret", limit=2))
    second = finder.look_up(snapshot, Wanted(q="facteur Guéret", limit=2, after=first.position))
    third = finder.look_up(snapshot, Wanted(q="facteur Guéret", limit=2, after=second.position))
    assert [id.rstrip("012") for id in (*first.ids, *second.ids, *third.ids)] == ["far"] * 3 + ["near"] * 3
    assert (second.radius_km, second.widened) == (300.0, True)


def test_a_filter_steps_back_before_other_work_is_shown() -> None:
    offers = [
        an_entry("text", "Vendeur", "D1106", description="boulanger"),
        an_entry("work", "Boulanger", "D1102", contract="cdd"),
    ]
    page = asked(offers, "boulanger cdi Guéret")
    assert page.ids[0] == "work"
    assert page.reading.stepped_back


def test_a_field_of_work_is_all_that_lies_in_it_and_nothing_else() -> None:
    offers = [
        an_entry("room", "Femme de chambre", "G1501", **LIMOGES),
        an_entry("hospital", "Agent de service hôtelier", "J1301"),
    ]
    page = asked(offers, "hôtellerie Guéret")
    assert (page.ids[0], page.others[0]) == ("room", False)


def test_an_order_of_ones_own_and_an_alert_take_all_that_answers_alike() -> None:
    offers = [*texts(6, "boulanger"), an_entry("work", "Boulanger", "D1102", **LIMOGES)]
    page = asked(offers, "boulanger Guéret", sort=Sort.DISTANCE)
    assert page.others is None
    assert page.radius_km == 20.0
    assert asked(offers, "boulanger Guéret", strict=True).others is None


def test_words_that_name_no_work_leave_nothing_apart() -> None:
    page = asked(
        [an_entry("a", "Vendeur", "D1106", flags=Flag(0), description="un restaurant étoilé")], "étoilé Guéret"
    )
    assert (page.ids, page.others, page.no_such_work) == (["a"], None, False)


async def test_an_answer_says_which_offers_are_other_work(desk: Desk) -> None:
    company = await desk.company()
    await desk.offer(company, title="Livreur", occupation_code="N4105")
    answer = await desk.client.get("/v1/offers", params={"q": "facteur"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [item["other_work"] for item in body["items"]] == [True]
    assert (body["understood"]["no_such_work"], body["understood"]["elsewhere"]) == (True, False)
    answer = await desk.client.get("/v1/offers", params={"q": "livreur"})
    assert [item["other_work"] for item in answer.json()["items"]] == [False]
    assert answer.json()["understood"]["no_such_work"] is False
