"""What would help somebody: why not, what an answer would bring, what is farther."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest

from services.matching.api.french import answer_sentence, change_sentence
from services.matching.domain.bits import mask
from services.matching.domain.counterfactuals import SAID_OF, Answer, Brought, brought, changes, counterfactuals
from services.matching.domain.facts import Wish
from services.matching.domain.geometry import position
from services.matching.domain.scoring import judge
from services.matching.queries.turns import off_the_loop
from shared.contracts.events.base import Place, Point
from shared.contracts.events.profiles import OccupationWish, Travel
from shared.contracts.vocabulary import ContractKind, Licence, ReservedPublic, TravelMeans
from tests.service.matching.house import House
from tests.service.matching.pairs import FAR, OFFER, PROFILE, RULES
from tests.service.matching.rooms import AUBUSSON, offer_state, profile_state
from tests.service.matching.worlds import AFFINITIES, TODAY


async def test_why_not_and_what_would_help(house: House) -> None:
    rooms = house.rooms
    far = offer_state("far", rooms.clock, place=Place(name="Aubusson", point=AUBUSSON), vehicle_required=True)
    person = profile_state("a", travel=(Travel(means=TravelMeans.BICYCLE, range_km=28),), vehicle=True)
    await rooms.hear(rooms.offer(far), rooms.profile(person))
    why = (await house.get("/v1/explanations", profile=person.profile_id, offer=far.offer_id)).json()
    assert why["recommended"] is False
    assert [one["text"] for one in why["why_not"]] == [
        "À 33 km de chez vous, plus que les 28 km que vous avez indiqués"
    ]
    helps = (await house.get(f"/v1/profiles/{person.profile_id}/counterfactuals")).json()
    assert [one["text"] for one in helps["changes"]] == ["Avec 5 km de plus : 1 offre"]
    none = await house.get("/v1/profiles-without-recommendations", role="counsellor", subject="counsellor-1")
    (blocked,) = none.json()["items"]
    assert blocked["blocks"] == [{"code": "too_far", "offers": 1, "text": "Plus loin que la distance indiquée"}]


async def test_what_would_help_is_counted_off_the_event_loop(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = house.rooms
    person = profile_state("a")
    await rooms.hear(rooms.offer(offer_state("near", rooms.clock)), rooms.profile(person))
    threads: list[int] = []

    def judged(*args: Any) -> Any:
        threads.append(threading.get_ident())
        return judge(*args)

    monkeypatch.setattr("services.matching.domain.counterfactuals.judge", judged)
    path = f"/v1/profiles/{person.profile_id}"
    asked = [house.get(f"{path}/counterfactuals") for _ in range(8)] + [house.get(f"{path}/wider-offers")]
    assert {(await answer).status_code for answer in asyncio.as_completed(asked)} == {200}
    assert threads
    assert threading.get_ident() not in threads


async def test_what_an_answer_would_bring_is_what_it_brings_once_it_is_said(house: House) -> None:
    rooms = house.rooms
    near = [offer_state(f"near-{n}", rooms.clock) for n in range(2)]
    far = offer_state("far", rooms.clock, place=Place(name="Aubusson", point=AUBUSSON))
    baker = offer_state("baker", rooms.clock, occupation_code="D1102")
    nobody_said = profile_state("a", point=None, travel=(), occupations=())
    await rooms.hear(*map(rooms.offer, (*near, far, baker)), rooms.profile(nobody_said))
    path = f"/v1/profiles/{nobody_said.profile_id}/counterfactuals/answer"

    async def asked(**answer: Any) -> dict[str, Any]:
        response = await house.get(path, **answer)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def possible_now() -> int:
        found = (await house.get(path.removesuffix("/answer"))).json()
        return int(found["possible_now"])

    person = nobody_said
    for answer, said in (
        ({"occupation": ["K1304"]}, {"occupations": (OccupationWish(code="K1304"),)}),
        ({"commune": "23096"}, {"point": Point(lat=46.17, lon=1.87)}),
        ({"range_km": 40}, {"travel": (Travel(means=TravelMeans.CAR, range_km=40),)}),
        ({"occupation": ["D1102"]}, {"occupations": (OccupationWish(code="K1304"), OccupationWish(code="D1102"))}),
    ):
        before, told = await possible_now(), await asked(**answer)
        person = person.model_copy(update=said)
        await rooms.hear(rooms.profile(person))
        assert told["possible"] == await possible_now(), answer
        assert told["added"] == max(0, told["possible"] - before), answer
    assert (told["possible"], told["added"], told["more"]) == (4, 1, [])
    assert told["text"] == "Avec cette réponse : 4 offres, dont 1 de plus qu’aujourd’hui"
    assert (await asked(commune="2A004"))["text"] == "Avec cette réponse : aucune offre"

    for wrong, field in (
        ({}, "query.commune"),
        ({"commune": "99999"}, "query.commune"),
        ({"occupation": ["K1304", "A9999"]}, "query.occupation.1"),
    ):
        refused = await house.get(path, **wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "answer-refused")
        assert [one["field"] for one in refused.json()["errors"]] == [field]
    assert (await house.get(path, subject="user-b", commune="23096")).status_code == 404


async def test_who_has_nothing_good_is_told_so_and_shown_apart_what_is_farther(house: House) -> None:
    rooms = house.rooms
    # A cook: no such offer, one of an occupation with little in common, a regulated one, one that needs a licence.
    person = profile_state("a", occupations=(OccupationWish(code="G1609", experience_months=12),))
    farther = offer_state("farther", rooms.clock, occupation_code="G1603")
    unrelated = offer_state("unrelated", rooms.clock, occupation_code="J1501")
    lorry = offer_state("lorry", rooms.clock, occupation_code="G1603", licences=(Licence.C,))
    await rooms.hear(*map(rooms.offer, (farther, unrelated, lorry)), rooms.profile(person))
    assert await house.recommended(person.profile_id) == []
    wider = (await house.get(f"/v1/profiles/{person.profile_id}/wider-offers")).json()
    assert (wider["recommendations"], [one["offer_id"] for one in wider["items"]]) == (0, [farther.offer_id])
    (item,) = wider["items"]
    assert item["because"]["text"].startswith("Pour élargir")
    assert item["offer"]["title"] == "Offre farther"
    assert await rooms.rows("recommendations") == []
    stranger = await house.get(f"/v1/profiles/{person.profile_id}/wider-offers", subject="user-b")
    assert stranger.status_code == 404


async def test_few_counts_are_made_at_once() -> None:
    inside: list[int] = []
    seen: list[int] = []
    both, door = threading.Barrier(2), threading.Lock()

    def count() -> None:
        with door:
            inside.append(1)
            seen.append(len(inside))
        # Each waits for one other: were they one at a time this would break, and with more inside it shows.
        both.wait(10)
        with door:
            inside.pop()

    await asyncio.gather(*(off_the_loop(count) for _ in range(6)))
    assert max(seen) == 2


def test_what_an_answer_brings_is_not_counted_beyond_what_is_said() -> None:
    far = [replace(OFFER, offer_id=f"far-{n}", position=FAR) for n in range(SAID_OF + 5)]
    near = [replace(OFFER, offer_id="near"), *far]
    whole = Answer(reach_km=60).given_by(PROFILE)
    short = replace(PROFILE, reach_dm=100_000)
    assert brought(short, whole, near, RULES, AFFINITIES, TODAY) == Brought(SAID_OF + 1, SAID_OF + 1)
    assert brought(whole, whole, near, RULES, AFFINITIES, TODAY) == Brought(SAID_OF + 1, 0)
    assert brought(short, whole, near[:4], RULES, AFFINITIES, TODAY) == Brought(4, 3)
    assert answer_sentence(51, 51) == "Avec cette réponse : plus de 50 offres, dont plus de 50 de plus qu’aujourd’hui"
    assert answer_sentence(1, 0) == "Avec cette réponse : 1 offre"
    held = replace(PROFILE, wishes=tuple(Wish(f"K13{n:02}", 7) for n in range(7)))
    more = Answer(occupations=("K1301", "D1102", "D1102", "D1106")).given_by(held)
    assert more.wishes == (*held.wishes, Wish("D1102", 0)), "what is held keeps its experience, and eight count"


def test_counterfactuals_change_one_thing_and_say_how_many_offers_it_opens() -> None:
    work = [
        replace(OFFER, offer_id="now"),
        replace(OFFER, offer_id="car", vehicle=True),
        replace(OFFER, offer_id="far", position=position(46.17, 2.4)),
        replace(OFFER, offer_id="early", early=True),
        replace(OFFER, offer_id="cdd", contract=mask((ContractKind.CDD,), ContractKind)),
        replace(OFFER, offer_id="reserved", reserved=mask((ReservedPublic.IAE,), ReservedPublic)),
    ]
    who = replace(PROFILE, reach_dm=300_000, early=False, contracts=1)
    now, found = counterfactuals(who, work, RULES, AFFINITIES, TODAY)
    assert now == 1
    assert {(one.code, one.argument, one.offer_ids) for one in found} == {
        ("licence_and_vehicle", "B", ("car",)),
        ("range", "5", ("far",)),
        ("schedule", "early", ("early",)),
        ("contracts", "", ("cdd",)),
    }
    assert change_sentence("range", "10", 12) == "Avec 10 km de plus : 12 offres"
    many = [replace(OFFER, offer_id=f"{n:03}", early=True) for n in range(SAID_OF + 20)]
    now, found = counterfactuals(who, many, RULES, AFFINITIES, TODAY)
    assert (now, [(one.argument, one.added) for one in found]) == (0, [("early", SAID_OF + 1)])
    assert change_sentence("schedule", "early", SAID_OF + 1).endswith(" : plus de 50 offres")


def test_a_vehicle_is_not_said_beside_a_licence_that_does_as_much_alone() -> None:
    needs_b = replace(OFFER, offer_id="licence", licences=mask((Licence.B,), Licence))
    _, found = counterfactuals(replace(PROFILE, reach_dm=300_000), [needs_b], RULES, AFFINITIES, TODAY)
    assert [one.code for one in found] == ["licence"]
    both = replace(needs_b, offer_id="both", vehicle=True)
    _, found = counterfactuals(replace(PROFILE, reach_dm=300_000), [needs_b, both], RULES, AFFINITIES, TODAY)
    assert [(one.code, one.added) for one in found] == [("licence_and_vehicle", 2), ("licence", 1)]


def test_a_vehicle_is_said_to_who_may_drive_one_and_a_range_that_the_same_means_can_go() -> None:
    needs_car = replace(OFFER, offer_id="car", vehicle=True)
    for licences, said in ((0, {"licence_and_vehicle"}), (mask((Licence.B, Licence.AM), Licence), {"vehicle"})):
        who = replace(PROFILE, reach_dm=300_000, licences=licences)
        assert {one.code for one in counterfactuals(who, [needs_car], RULES, AFFINITIES, TODAY)[1]} == said
    on_foot = replace(PROFILE, reach_dm=40_000)
    assert "range" not in {change.code for change in changes(on_foot)}
    assert [one.argument for one in changes(replace(on_foot, reach_dm=120_000)) if one.code == "range"] == ["5", "10"]
