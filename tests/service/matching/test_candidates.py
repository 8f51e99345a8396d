"""Whom an offer would suit, and who may read it."""

from dataclasses import replace
from typing import Any

import pytest

from services.matching.api import overviews
from shared.aliases import alias_of, new_key
from shared.contracts.events.base import Point
from shared.contracts.events.offers import CompanyState, OfferState, Salary, ScheduleFlags
from shared.contracts.events.profiles import Availability, OccupationWish, Travel
from shared.contracts.vocabulary import (
    ApplicationStatus,
    ContractKind,
    OfferStatus,
    OpportunityKind,
    ReservedPublic,
    TravelMeans,
)
from tests.service.matching.house import House
from tests.service.matching.rooms import AUBUSSON, application_state, offer_state, profile_state


async def test_candidates_are_for_staff_and_for_the_employer_those_who_agreed(house: House) -> None:
    rooms = house.rooms
    offer = offer_state("one", rooms.clock)
    shown = profile_state("shown", visible_to_employers=True)
    others = [profile_state("hidden"), profile_state("theirs", counsellor_ids=("counsellor-2",))]
    await rooms.hear(rooms.offer(offer), *(rooms.profile(one) for one in (shown, *others)))
    path = f"/v1/offers/{offer.offer_id}/candidates"

    async def seen_by(role: str, subject: str) -> int | set[str]:
        response = await house.get(path, role=role, subject=subject)
        if response.status_code != 200:
            return response.status_code
        return {one["profile_id"] for one in response.json()["items"]}

    everybody = {shown.profile_id, *(one.profile_id for one in others)}
    assert await seen_by("manager", "m") == everybody
    assert await seen_by("counsellor", "counsellor-1") == everybody - {others[1].profile_id}
    # Who acts for the company decides, as offers tells it; whoever was removed, or whose company was suspended, is out.
    assert await seen_by("employer", "e") == 404
    await rooms.hear(rooms.company("e", "f"))
    assert await seen_by("employer", "e") == await seen_by("employer", "f") == {shown.profile_id}
    assert await seen_by("employer", "rival") == 404
    claimed = house.stack.token("employer", subject="rival", organisation="company-1")
    assert (await house.client.get(path, headers=claimed)).status_code == 404
    late = rooms.company("e", "f")
    await rooms.hear(rooms.company("f"))
    await rooms.hear(late)
    assert await seen_by("employer", "e") == 404
    await rooms.hear(rooms.company("f", approved=False))
    assert await seen_by("employer", "f") == 404
    assert await seen_by("seeker", "user-shown") == 403


async def test_a_stranger_does_not_learn_from_candidates_whether_an_offer_exists(house: House) -> None:
    rooms = house.rooms
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.company("e"))
    for role, subject in (("seeker", "user-a"), ("facilitator", "f"), ("employer", "rival")):
        told = []
        for id in (offer.offer_id, offer.offer_id[:-6] + "abcdef"):
            answer = await house.get(f"/v1/offers/{id}/candidates", role=role, subject=subject)
            told.append((answer.status_code, answer.json()["code"], answer.json()["detail"].replace(id, "…")))
        assert told[0] == told[1]


async def test_an_offer_out_of_sight_is_unknown_to_staff_of_elsewhere(house: House) -> None:
    rooms = house.rooms
    offer, person = offer_state("one", rooms.clock), profile_state("far", territory="87")
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    far = house.stack.token("manager", subject="far", territories=["87"])

    async def answers(id: str) -> list[tuple[int, str, str]]:
        asked = [
            await house.client.get(f"/v1/offers/{id}/candidates", headers=far),
            await house.client.get(f"/v1/explanations?profile={stranger.profile_id}&offer={id}", headers=far),
            await house.client.post(
                f"/v1/profiles/{stranger.profile_id}/recommendations",
                headers=far,
                json={"offer_id": id, "reason": "Une place de train"},
            ),
        ]
        return [
            (one.status_code, one.json().get("code", ""), one.json().get("detail", "").replace(id, "…"))
            for one in asked
        ]

    # While it is shown people meet across borders.
    stranger = profile_state("stranger", territory="87", occupations=(OccupationWish(code="A1416"),))
    await rooms.hear(rooms.profile(stranger))
    assert [status for status, *_ in (await answers(offer.offer_id))[:2]] == [200, 200]
    await rooms.hear(rooms.offer(offer.model_copy(update={"status": OfferStatus.SUSPENDED})))
    stranger = profile_state("other", territory="87", occupations=(OccupationWish(code="A1416"),))
    await rooms.hear(rooms.profile(stranger))
    assert await answers(offer.offer_id) == await answers(offer.offer_id[:-6] + "abcdef")
    at_home = await house.get(f"/v1/offers/{offer.offer_id}/candidates", role="manager", subject="m")
    assert at_home.status_code == 200
    # To whom it was recommended it is no secret.
    path = f"/v1/explanations?profile={person.profile_id}&offer={offer.offer_id}"
    assert (await house.client.get(path, headers=far)).status_code == 200


async def test_candidates_of_a_reserved_offer_are_not_listed_to_its_employer(house: House) -> None:
    rooms = house.rooms
    offer = offer_state("one", rooms.clock, reserved_publics=(ReservedPublic.DISABILITY,))
    person = profile_state("a", visible_to_employers=True, reserved_eligible=(ReservedPublic.DISABILITY,))
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    await rooms.hear(rooms.company("e"))
    refused = await house.get(path, role="employer", subject="e")
    assert refused.status_code == 403
    assert person.profile_id not in refused.text
    listed = await house.get(path, role="counsellor", subject="counsellor-1")
    assert [one["profile_id"] for one in listed.json()["items"]] == [person.profile_id]


async def test_an_employer_who_moves_its_offer_learns_no_better_where_somebody_lives(house: House) -> None:
    """Nor whether they looked at it. A point is known to a kilometre; three places of an offer would find it."""
    rooms = house.rooms
    person = profile_state("a", visible_to_employers=True)
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.profile(person), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    assert offer.place is not None
    told = set()
    for moved in (0.0, 0.01, 0.02):
        point = offer.place.point.model_copy(update={"lat": offer.place.point.lat + moved})
        await rooms.hear(
            rooms.offer(offer.model_copy(update={"place": offer.place.model_copy(update={"point": point})}))
        )
        [seen] = (await house.get(path, role="employer", subject="e")).json()["items"]
        [exact] = (await house.get(path, role="manager", subject="m")).json()["items"]
        assert (seen["status"], exact["status"]) == (None, "created")
        told.add((seen["score"], str(seen["reasons"])))
        [km] = [reason["km"] for reason in seen["reasons"] if reason["code"] == "distance"]
        assert float(km) in (5, 10, 20, 30, 50, 100)
    assert len(told) == 1


async def test_who_is_missing_tells_an_employer_no_better_where_somebody_lives(house: House) -> None:
    """Two people of one field, two kilometres apart, are there and missing together, wherever the offer moves to; staff see
    each by their own range.
    """
    rooms = house.rooms
    near = (Travel(means=TravelMeans.BICYCLE, range_km=7),)
    odd = "not-a-uuid"  # facts that are kept unpacked
    homes = {"a": Point(lat=46.16, lon=1.86), "b": Point(lat=46.18, lon=1.86), odd: Point(lat=46.17, lon=1.88)}
    people = {
        name: profile_state(name, visible_to_employers=True, travel=near, point=home) for name, home in homes.items()
    }
    people[odd] = people[odd].model_copy(update={"profile_id": odd})
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), *map(rooms.profile, people.values()), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    assert offer.place is not None
    seen, exact = [], []
    for step in range(12):
        point = Point(lat=46.17 + step * 0.01, lon=1.87)
        place = offer.place.model_copy(update={"point": point})
        await rooms.hear(rooms.offer(offer.model_copy(update={"place": place})))
        for role, subject, answers in (("employer", "e", seen), ("manager", "m", exact)):
            items = (await house.get(path, role=role, subject=subject)).json()["items"]
            answers.append(len({one["profile_id"] for one in items}))
    assert set(seen) == {0, 3}
    assert {1, 2} & set(exact)


async def test_an_employer_who_changes_its_offer_learns_nothing_of_what_somebody_would_accept(house: House) -> None:
    """Not the pay below which they would not come, nor the hours that they refuse: what is good for them is not told against
    them.
    """
    rooms = house.rooms
    refuses = Availability(early=False, weekend=False, weekly_hours_min=10, weekly_hours_max=30)
    asks: dict[str, Any] = {
        "hourly_wage_floor": 13.5,
        "wished_weekly_hours": 25,
        "wished_contract_kinds": (ContractKind.CDI,),
    }
    person = profile_state("a", visible_to_employers=True, availability=refuses, **asks)
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.profile(person), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    told, exact = set(), set()
    for pay in (12.0, 13.4, 13.6, 20.0, None):
        for hours in (None, 24, 30):
            salary = Salary(hourly_min=pay, hourly_max=pay)
            await rooms.hear(rooms.offer(offer.model_copy(update={"salary": salary, "weekly_hours": hours})))
            for role, subject, answers in (("employer", "e", told), ("manager", "m", exact)):
                [seen] = (await house.get(path, role=role, subject=subject)).json()["items"]
                answers.add((seen["score"], str([reason["code"] for reason in seen["reasons"]])))
    assert len(exact) > 3, "staff read what it is"
    assert len(told) == 1
    assert not any(code in str(told) for code in ("wage", "hours", "schedule", "contract"))


async def test_who_is_missing_tells_an_employer_nothing_of_what_somebody_would_accept(house: House) -> None:
    """Whoever refuses nights, weekends, a contract or more hours is there for each of them; staff see whom it suits."""
    rooms = house.rooms
    refuses: dict[str, Any] = {
        "availability": Availability(early=False, late=False, night=False, weekend=False, weekly_hours_max=30),
        "contract_kinds": (ContractKind.CDI,),
        "kinds": (OpportunityKind.JOB,),
    }
    odd = "not-a-uuid"  # facts that are kept unpacked
    people = {name: profile_state(name, visible_to_employers=True, **refuses) for name in ("a", odd)}
    people[odd] = people[odd].model_copy(update={"profile_id": odd})
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), *map(rooms.profile, people.values()), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    asks: tuple[dict[str, Any], ...] = (
        {},
        {"weekly_hours": 35},
        {"contract_kind": ContractKind.CDD},
        {"kind": OpportunityKind.TRAINING},
        {"description": "Poste de nuit et le week-end, horaires décalés, bénévolat accepté."},
        *({"schedule": ScheduleFlags(**{when: True})} for when in ("early", "late", "night", "weekend")),
    )
    seen, exact = [], []
    for change in asks:
        await rooms.hear(rooms.offer(offer.model_copy(update=change)))
        for role, subject, answers in (("employer", "e", seen), ("manager", "m", exact)):
            items = (await house.get(path, role=role, subject=subject)).json()["items"]
            answers.append([(one["profile_id"], one["score"]) for one in items])
    assert seen == [seen[0]] * len(asks)
    assert len(seen[0]) == 2
    assert [len(one) for one in exact[1:4]] == [0, 0, 0]
    assert exact[0]


async def test_who_is_among_the_first_hundred_tells_an_employer_nothing_of_the_pay(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = house.rooms
    monkeypatch.setattr(overviews, "MOST_CANDIDATES", 1)
    floors = {"asks": 13.5, "takes": 12.5}
    people = {
        name: profile_state(name, visible_to_employers=True, hourly_wage_floor=pay) for name, pay in floors.items()
    }
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), *map(rooms.profile, people.values()), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    among = set()
    for pay in (12.0, 13.0, 14.0):
        salary = Salary(hourly_min=pay, hourly_max=pay)
        await rooms.hear(rooms.offer(offer.model_copy(update={"salary": salary})))
        [first] = (await house.get(path, role="employer", subject="e")).json()["items"]
        among.add(first["profile_id"])
    assert len(among) == 1


async def test_who_comes_first_tells_an_employer_nothing_of_what_somebody_would_accept(house: House) -> None:
    rooms = house.rooms
    asks = profile_state("asks", visible_to_employers=True, hourly_wage_floor=13.5)
    takes = profile_state("takes", visible_to_employers=True, hourly_wage_floor=12.5)
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.profile(asks), rooms.profile(takes), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    firsts: dict[str, list[str]] = {"e": [], "m": []}
    for pay in (12.0, 13.0, 14.0):
        salary = Salary(hourly_min=pay, hourly_max=pay)
        await rooms.hear(rooms.offer(offer.model_copy(update={"salary": salary})))
        for role, subject in (("employer", "e"), ("manager", "m")):
            [first] = (await house.get(path, role=role, subject=subject, limit=1)).json()["items"]
            firsts[subject].append(first["profile_id"])
    assert firsts["m"][1] == takes.profile_id, "by the whole score, who takes the pay comes first"
    assert set(firsts["e"]) == {min(asks.profile_id, takes.profile_id)}


async def test_an_employer_does_not_learn_who_said_no(house: House) -> None:
    """Who dismissed the offer, or did not take its invitation, is listed as before; who applied is among its applications."""
    rooms = house.rooms
    offer = offer_state("one", rooms.clock)
    people = {
        name: profile_state(name, visible_to_employers=True) for name in ("dismisses", "invited", "declines", "applies")
    }
    await rooms.hear(rooms.offer(offer), *map(rooms.profile, people.values()), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"

    async def listed(role: str, subject: str) -> set[str]:
        found = {one["profile_id"] for one in (await house.get(path, role=role, subject=subject)).json()["items"]}
        return {name for name, person in people.items() if person.profile_id in found}

    assert await listed("employer", "e") == set(people)
    [recommended] = await house.recommended(people["dismisses"].profile_id, subject="user-dismisses")
    where = f"/v1/recommendations/{recommended['recommendation_id']}/dismiss"
    assert (await house.post(where, {}, subject="user-dismisses")).status_code == 200
    for name, status in (
        ("invited", ApplicationStatus.INVITED),
        ("declines", ApplicationStatus.WITHDRAWN),
        ("applies", ApplicationStatus.SUBMITTED),
    ):
        state = application_state(people[name].profile_id, offer.offer_id, rooms.clock, status=status)
        await rooms.hear(rooms.application(state))
    assert await listed("employer", "e") == {"dismisses", "invited", "declines"}
    assert await listed("manager", "m") == set()


async def test_an_offer_is_found_by_the_work_that_its_text_describes(house: House) -> None:
    rooms = house.rooms
    text = "Vous assurez la mise en rayon des produits secs et frais. Vous tenez la caisse et encaissez les clients."
    offer = offer_state("shop", rooms.clock, title="Équipier polyvalent", description=text, occupation_code="G1603")
    clerk = profile_state("clerk", occupations=(OccupationWish(code="D1507"),))
    driver = profile_state("driver", occupations=(OccupationWish(code="N4101"),))
    await rooms.hear(rooms.offer(offer), rooms.profile(clerk), rooms.profile(driver))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    [found] = (await house.get(path, role="manager", subject="m")).json()["items"]
    assert found["profile_id"] == clerk.profile_id
    assert any("mise en rayon" in reason["text"] for reason in found["reasons"]), found["reasons"]
    # The offer is looked at at all because of its text, and is as far as Aubusson.
    bicycle = (Travel(means=TravelMeans.BICYCLE, range_km=28),)
    far = profile_state("far", occupations=(OccupationWish(code="D1507"),), travel=bicycle, point=AUBUSSON)
    await rooms.hear(rooms.profile(far))
    helps = (await house.get(f"/v1/profiles/{far.profile_id}/counterfactuals", subject="user-far")).json()
    assert [one["text"] for one in helps["changes"]] == ["Avec 5 km de plus : 1 offre"]


async def test_an_employer_s_name_of_somebody_is_of_one_offer_and_of_no_application(house: House) -> None:
    rooms = house.rooms
    offers = [offer_state(name, rooms.clock) for name in ("one", "two")]
    person, key = profile_state("shown", visible_to_employers=True), new_key()
    state = CompanyState(company_id="company-1", territory="23", approved=True, user_ids=("e",), alias_key=key)
    told = rooms.company("e")
    await rooms.hear(*map(rooms.offer, offers), rooms.profile(person), replace(told, data=state))

    async def names(offer: OfferState, role: str, subject: str) -> list[str]:
        answer = await house.get(f"/v1/offers/{offer.offer_id}/candidates", role=role, subject=subject)
        return [one["profile_id"] for one in answer.json()["items"]]

    found = [await names(offer, "employer", "e") for offer in offers]
    assert found == [await names(offer, "employer", "e") for offer in offers], "a list stays a list"
    assert found == [[alias_of(key, offer.offer_id, person.profile_id)] for offer in offers]
    assert len({person.profile_id, *(one for [one] in found)}) == 3
    assert await names(offers[0], "manager", "m") == [person.profile_id]
