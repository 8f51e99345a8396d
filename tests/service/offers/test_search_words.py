"""The search by words over a running service: relevance, tolerance, filters read in the question."""

from datetime import timedelta
from typing import Any

import pytest

from services.offers.search import attempts, index
from services.offers.search.index import Snapshot
from shared.clock import HandClock
from tests.service.offers.support import Desk, search

ANNECY, CLUSES, GUERET = "74010", "74081", "23096"

# title, ROME code, and what differs
OFFERS: dict[str, dict[str, Any]] = {
    "care": {"title": "Aide-soignant (H/F)", "occupation_code": "J1501"},
    "night care": {"title": "AS de nuit en EHPAD", "occupation_code": "J1501", "shifts": [], "weekly_hours": None},
    "nurse": {"title": "Infirmier en soins généraux", "occupation_code": "J1506"},
    "ideas": {"title": "Chargé de projet", "occupation_code": None, "description": "Vous avez des idées. " * 4},
    "cook": {"title": "Cuisinier / Cuisinière", "occupation_code": "G1602"},
    "waiter": {
        "title": "Serveur en salle",
        "occupation_code": "G1803",
        "place": {"commune_code": ANNECY},
        "contract_kind": "cdi",
        "duration_months": None,
        "weekly_hours": 39,
    },
    "network": {
        "title": "Administrateur systèmes",
        "occupation_code": "M1801",
        "place": {"commune_code": ANNECY},
        "description": "Vous administrez chaque serveur du parc informatique de notre client.",
    },
    "forklift": {
        "title": "Cariste",
        "occupation_code": "N1101",
        "description": "Le CACES 3 est demandé pour conduire les chariots de l'entrepôt.",
        "place": {"commune_code": CLUSES},
        "contract_kind": "temporary",
    },
    "lorry": {
        "title": "Conducteur poids lourd",
        "occupation_code": "N4101",
        "licences": ["C"],
        "description": "Une prime pour la garde d'un véhicule est prévue par notre accord d'entreprise.",
    },
    "children": {"title": "Garde d'enfants à domicile", "occupation_code": "K1303", "weekly_hours": 12},
    "till": {"title": "Hôte de caisse", "occupation_code": "D1505"},
    "shop": {"title": "Vendeur H/F", "occupation_code": "D1211", "experience_months": 24},
}


@pytest.fixture
async def offers(desk: Desk) -> dict[str, str]:
    """Ids by name."""
    company = await desk.company()
    return {name: await desk.offer(company, **changes) for name, changes in OFFERS.items()}


async def names(desk: Desk, offers: dict[str, str], **params: Any) -> list[str]:
    by_id = {id: name for name, id in offers.items()}
    return [by_id[item["id"]] for item in (await search(desk, **params))["items"]]


async def test_people_find_what_they_mean(desk: Desk, offers: dict[str, str]) -> None:
    for q, expected in {
        "cuisinnier": ["cook"],
        "cuisiniere": ["cook"],
        "aide-soigante": ["care", "night care"],
        "AS": ["care", "night care"],
        "as": ["care", "night care"],
        "IDE": ["nurse"],
        "ide": ["nurse"],
        "nounou": ["children"],
        "garde d'enfants": ["children"],
        "caissière": ["till"],
        "PL": ["lorry"],
        "vendeur·euse": ["shop"],
        "vendeur/euse": ["shop"],
        "vendeur(se)": ["shop"],
        "vendeuses": ["shop"],
        "cariste caces 3": ["forklift"],
        "serveuse annecy": ["waiter"],
        "cdi annecy": ["waiter"],
        "interim cluses": ["forklift"],
        "interim": ["forklift"],
    }.items():
        found = await names(desk, offers, q=q)
        assert found[: len(expected)] == expected or set(found[: len(expected)]) == set(expected), (q, found)
        assert len(found) <= len(expected) + 2, (q, found)
    assert await names(desk, offers, q="serveuse annecy") == ["waiter", "network"]
    assert set(await names(desk, offers, q="à mi-temps guéret")) >= {"children", "cook"}
    assert "shop" not in await names(desk, offers, q="débutant accepté")
    assert await names(desk, offers, q="de nuit") == ["night care"]


async def test_what_no_letter_can_be_looked_for_finds_nothing(desk: Desk, offers: dict[str, str]) -> None:
    for q in ("🙂", "чебурашка", "橘子", "قمر", "...", "%%%", "(", "*", "h/f", '"', "\u200b"):
        page = await search(desk, q=q, facets=True)
        assert page["items"] == [], q
        assert page["facets"]["kind"] == []
    # Blank is no question.
    assert len((await search(desk, q="   ", limit=50))["items"]) == len(offers)


async def test_trades_and_towns_in_other_languages_are_looked_for_in_french(desk: Desk, offers: dict[str, str]) -> None:
    for q, name, meant in (
        ("водителем", "lorry", "chauffeur"),
        ("السائق", "lorry", "chauffeur"),
        ("找司机工作", "lorry", "chauffeur"),
        ("работа официант Анси", "waiter", "travail serveur annecy"),
        ("trabajo cocinero", "cook", "travail cuisinier"),
        ("нужна медсестра", "nurse", "cherche infirmier"),
    ):
        page = await search(desk, q=q)
        assert [item["id"] for item in page["items"]][:1] == [offers[name]], q
        assert page["did_you_mean"] == meant
    # Taken literally it is what was typed.
    assert await names(desk, offers, q="водитель", literal=True) == []


async def test_a_part_of_the_words_is_no_answer_without_who_does_the_work(desk: Desk, offers: dict[str, str]) -> None:
    # The text of «network» has «parc» and «client», that of «lorry» «véhicule»: neither is a gardener's or a mechanic's.
    assert await names(desk, offers, q="jardinier parc") == []
    assert await names(desk, offers, q="mécanicien véhicule") == []
    assert await names(desk, offers, q="serveur pizzeria") == ["waiter"]


async def test_filters_are_shown_with_how_to_take_them_off(desk: Desk, offers: dict[str, str]) -> None:
    page = await search(desk, q="Serveuse CDI Annecy")
    chips = {chip["kind"]: chip for chip in page["understood"]["chips"]}
    assert chips["contract"] | {"label": ""} == {
        "kind": "contract",
        "label": "",
        "text": "CDI",
        "start": 9,
        "end": 12,
        "parameters": {"contract_kind": "cdi"},
        "without": "contract",
        "q_without": "Serveuse Annecy",
        "applied": True,
    }
    assert chips["place"]["parameters"] == {"commune": ANNECY}
    assert page["understood"]["words"] == ["Serveuse"]
    assert page["understood"]["occupations"][0]["code"] == "G1803"
    assert page["radius"]["used_km"] == 100.0

    # The same said outright, and taken off.
    outright = await search(desk, q="serveuse", contract_kind="cdi", commune=ANNECY)
    assert [item["id"] for item in outright["items"]] == [item["id"] for item in page["items"]] == [offers["waiter"]]
    assert [chip["kind"] for chip in outright["understood"]["chips"]] == []
    anywhere = await search(desk, q="cdd annecy", without="place")
    assert {chip["kind"] for chip in anywhere["understood"]["chips"]} == {"contract"}
    assert anywhere["radius"] is None
    assert len(anywhere["items"]) == 10
    literal = await search(desk, q="cdi annecy", literal=True)
    assert (literal["understood"]["chips"], literal["understood"]["words"]) == ([], ["cdi", "annecy"])
    # A filter that would leave nothing steps back, and says so.
    page = await search(desk, q="cuisinier le soir")
    assert [item["id"] for item in page["items"]] == [offers["cook"]]
    assert [chip["applied"] for chip in page["understood"]["chips"]] == [False]


async def test_several_places_pay_and_where_the_caller_is(desk: Desk) -> None:
    company = await desk.company()
    named = ("waiter", "network", "forklift", "children")
    offers = {name: await desk.offer(company, **OFFERS[name]) for name in named}
    offers["unsaid"] = await desk.offer(company, title="Veilleur", salary={"text": "Selon profil"})
    paid = await desk.offer(company, title="Plongeur", salary={"hourly_min": 12.1}, qualification_level=3)
    # Around either place; the chips' parameters say the same outright.
    page = await search(desk, q="annecy ou cluses", limit=50)
    chips = [chip["parameters"] for chip in page["understood"]["chips"]]
    assert chips == [{"commune": ANNECY}, {"commune": CLUSES}]
    assert {item["id"] for item in page["items"]} == {offers[name] for name in ("waiter", "network", "forklift")}
    outright = await search(desk, commune=[ANNECY, CLUSES], limit=50)
    assert {item["id"] for item in outright["items"]} == {item["id"] for item in page["items"]}
    both = await search(desk, territory=["23", "74"], limit=50)
    assert len(both["items"]) == len(offers) + 1
    region = await search(desk, q="plongeur limousin")
    assert [item["id"] for item in region["items"]] == [paid]
    # What states less is left out, what states nothing stays; a stated diploma is one.
    assert [item["id"] for item in (await search(desk, q="plongeur 12€"))["items"]] == [paid]
    for q in ("plongeur 15€", "plongeur sans diplôme"):
        page = await search(desk, q=q)
        assert [chip["applied"] for chip in page["understood"]["chips"]] == [False], q
    assert (await search(desk, q="plongeur", hourly_min=15))["items"] == []
    assert (await search(desk, q="plongeur", no_diploma=True))["items"] == []
    assert [item["id"] for item in (await search(desk, hourly_min=15))["items"]] == [offers["unsaid"]]
    # «Près de chez moi» needs to know where that is.
    page = await search(desk, q="serveur près de chez moi")
    assert (page["understood"]["asks_where"], page["radius"]) == (True, None)
    assert [chip["applied"] for chip in page["understood"]["chips"]] == [False]
    page = await search(desk, q="serveur près de chez moi", here="45.9,6.12")
    assert (page["understood"]["asks_where"], page["understood"]["chips"][0]["parameters"]) == (
        False,
        {"near": "45.9,6.12"},
    )
    assert [item["id"] for item in page["items"]] == [offers["waiter"]]  # who administers servers is none
    assert (await desk.client.get("/v1/offers", params={"here": "nowhere"})).json()["errors"][0][
        "field"
    ] == "query.here"
    # A place outside the département that was given is no place; of homonyms its own is meant.
    page = await search(desk, q="serveur annecy", territory="23")
    assert page["understood"]["chips"] == []
    page = await search(desk, q="saint denis", territory="974")
    assert page["understood"]["chips"][0]["parameters"] == {"commune": "97411"}


async def test_a_typing_error_is_corrected_and_said(desk: Desk, offers: dict[str, str]) -> None:
    page = await search(desk, q="cuisinnier guéret")
    assert page["did_you_mean"] == "cuisinier guéret"
    assert (await search(desk, q="cuisinier"))["did_you_mean"] is None
    # A known word without an offer is no typing error.
    page = await search(desk, q="soudeur")
    assert (page["items"], page["did_you_mean"]) == ([], None)


async def test_hits_are_marked_and_safe(desk: Desk) -> None:
    company = await desk.company()
    description = "Le <b>restaurant</b> cherche une serveuse & un barman pour la terrasse du bord de rivière."
    await desk.offer(company, title="Serveur·euse <script>", description=description)
    (item,) = (await search(desk, q="serveuse"))["items"]
    assert item["highlight"]["title"] == "<mark>Serveur·euse</mark> &lt;script&gt;"
    assert "&lt;b&gt;restaurant&lt;/b&gt; cherche une <mark>serveuse</mark> &amp;" in item["highlight"]["excerpt"]
    assert (await search(desk))["items"][0]["highlight"] is None


async def test_nearer_and_fresher_come_first_among_equals(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    far = await desk.offer(company, title="Cuisinier", place={"commune_code": "23176"})
    near = await desk.offer(company, title="Cuisinier")
    clock.advance(timedelta(days=9))
    fresh = await desk.offer(company, title="Cuisinier")
    found = [item["id"] for item in (await search(desk, q="cuisinier", commune=GUERET))["items"]]
    assert found == [fresh, near, far]
    # Relevance comes before both: the word is in the text only.
    text = await desk.offer(
        company, title="Plongeur", description="Vous aidez le cuisinier pendant le service du midi."
    )
    found = [item["id"] for item in (await search(desk, q="cuisinier", commune=GUERET))["items"]]
    assert found == [fresh, near, far, text]


async def test_pages_of_words_meet_every_offer_once(desk: Desk) -> None:
    company = await desk.company()
    made = [await desk.offer(company, title=f"Cuisinier {n % 3}") for n in range(9)]
    for sort in (None, "relevance", "distance", "freshness", "fewest_applications"):
        seen: list[str] = []
        cursor = None
        while True:
            params = {"q": "cuisinier guéret", "limit": 2, "sort": sort, "cursor": cursor}
            page = await search(desk, **{name: value for name, value in params.items() if value is not None})
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(made), sort


async def test_a_tie_behind_the_first_page_is_looked_at_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "apart", lambda _: 1.0)
    company = await desk.company()
    for _ in range(9):
        await desk.offer(company, title="Cuisinier")
    whole = [item["id"] for item in (await search(desk, q="cuisinier"))["items"]]
    asked: list[int] = []
    match = Snapshot.match

    def counted(snapshot: Snapshot, query: Any, most: int) -> Any:
        asked.append(most)
        return match(snapshot, query, most)

    monkeypatch.setattr(Snapshot, "match", counted)
    for name, value in (("_FIRST", 4), ("_BEHIND", 1)):
        monkeypatch.setattr(attempts, name, value)
    page = await search(desk, q="cuisinier", limit=2)
    assert [item["id"] for item in page["items"]] == whole[:2]
    assert page["next_cursor"] is not None
    # All nine are equal: four do not say which of them come first.
    assert [most for most in asked if most != attempts.MOST] == [4]
    assert attempts.MOST in asked


async def test_facets_of_words_count_the_whole_answer(desk: Desk, offers: dict[str, str]) -> None:
    page = await search(desk, q="guéret", facets=True, limit=1)
    counts = {name: {one["value"]: one["count"] for one in values} for name, values in page["facets"].items()}
    assert counts["total"]["offers"] == 9
    assert counts["commune"] == {GUERET: 9}
    assert counts["flags"]["no_licence"] == 8
    assert counts["contract_kind"] == {"cdd": 9}


async def test_suggestions_follow_what_is_typed(desk: Desk, offers: dict[str, str]) -> None:
    async def suggested(q: str, kind: str, **params: Any) -> list[dict[str, Any]]:
        answer = await desk.client.get("/v1/suggestions", params={"q": q, **params})
        assert answer.status_code == 200, answer.text
        return [one for one in answer.json()["items"] if one["kind"] == kind]

    first = (await suggested("aide soi", "occupation"))[0]
    assert (first["code"], first["offers"]) == ("J1501", 2)
    assert (await suggested("AS", "occupation"))[0]["code"] == "J1501"
    assert (await suggested("cuisinn", "occupation"))[0]["label"].startswith("Cuisinier")
    titles = await suggested("garde", "title")
    assert [(one["label"], one["offers"]) for one in titles] == [("Garde d'enfants à domicile", 1)]
    place = (await suggested("serveuse ann", "place"))[0]
    assert (place["q"], place["code"]) == ("serveuse Annecy", ANNECY)
    assert (await suggested("gueret", "place"))[0]["label"] == "Guéret (23)"
    assert (await suggested("cre", "place"))[0] == {
        "kind": "place",
        "label": "Creuse (23)",
        "q": "Creuse",
        "code": "23",
        "offers": 9,
        "parameters": {"territory": "23"},
    }
    assert (await suggested("23", "place"))[0]["code"] == "23"
    # A feminine to its end means the masculine titles, too; an article is not said twice.
    assert (await suggested("infirmière", "occupation"))[0]["label"] == "Infirmier"
    assert (await suggested("la souteraine", "place"))[0]["q"] == "La Souterraine"
    assert len(await suggested("a", "occupation", limit=2)) == 2
    for nothing in ("", "  ", "🙂", "'", "%"):
        answer = await desk.client.get("/v1/suggestions", params={"q": nothing})
        assert answer.json() == {"items": []}, nothing


async def test_filters_are_suggested_with_what_they_leave_of_what_was_asked(desk: Desk, offers: dict[str, str]) -> None:
    async def suggested(q: str, **params: Any) -> list[dict[str, Any]]:
        answer = await desk.client.get("/v1/suggestions", params={"q": q, **params})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    assert (await suggested("serveur cd"))[0] == {
        "kind": "filter",
        "label": "CDI",
        "q": "serveur CDI",
        "code": None,
        "offers": 1,
        "parameters": {"contract_kind": "cdi"},
    }
    near = await suggested("saint-maurice-", here="46.17,1.87")
    assert near[0]["label"].endswith("(23)")
    assert near == await suggested("saint-maurice-", territory="23")
    for wrong in ("nowhere", "1.87,46.17", "0,-150"):
        answer = await desk.client.get("/v1/suggestions", params={"q": "gué", "here": wrong})
        assert answer.status_code == 422, wrong


async def test_words_that_are_not_wanted_and_either_of_two(desk: Desk, offers: dict[str, str]) -> None:
    assert set(await names(desk, offers, q="caissière ou cariste")) >= {"till", "forklift"}
    assert "waiter" in await names(desk, offers, q="serveur")
    assert "waiter" not in await names(desk, offers, q="serveur pas à Annecy")
    assert await names(desk, offers, q="le la les") == []
    assert (await names(desk, offers, q="aidesoignant"))[:1] == ["care"]
    assert (await names(desk, offers, q="cuisin"))[:1] == ["cook"]


async def test_facets_are_alike_whichever_way_they_are_counted(desk: Desk, offers: dict[str, str]) -> None:
    # By the engine (words alone), and from the rows (an order that needs them all).
    for q in ("aide", "garde d'enfants", "serveur pas à Guéret"):
        by_engine = await search(desk, q=q, facets=True)
        by_rows = await search(desk, q=q, facets=True, sort="freshness")
        assert by_engine["facets"] == by_rows["facets"], q
