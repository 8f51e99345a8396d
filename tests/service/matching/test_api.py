"""What people see and decide over HTTP, with a worker beside that follows their decisions."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.queries import overviews
from shared.contracts.events.base import Place, Point, Skill
from shared.contracts.events.offers import ScheduleFlags
from shared.contracts.events.profiles import Availability, OccupationWish
from shared.contracts.vocabulary import ContractKind, Licence
from tests.contract.test_stored_shapes import dumped
from tests.service.matching.house import House
from tests.service.matching.rooms import AUBUSSON, application_state, offer_state, profile_state
from tests.support import eventually


async def test_a_person_reads_why_an_offer_is_recommended_in_french(house: House) -> None:
    rooms = house.rooms
    skills = (
        Skill(code="s1", label="Aide à la toilette", required=True),
        Skill(code="s2", label="Cuisiner", required=True),
    )
    offer = offer_state("one", rooms.clock, skills=skills)
    person = profile_state("a", skills=("s1",), wished_contract_kinds=(ContractKind.CDI,))
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    (found,) = await house.recommended(person.profile_id)
    assert [reason["text"] for reason in found["reasons"]] == [
        "C’est le métier que vous cherchez",
        "À 1 km de chez vous",
        "Vous avez 1 des 2 compétences demandées (il manque : Cuisiner)",
        "C’est le type de contrat que vous souhaitez",
        "Horaires non précisés",
        "L’employeur vient de confirmer cette offre",
    ]
    assert found["offer"] == {
        "title": "Offre one",
        "company": "Creuse Services",
        "place": "Guéret",
        "distance_km": 0.0,
        "contract_kind": "cdi",
        "status": "published",
    }
    assert 0 < found["score"] < 1
    assert found["status"] == "created"


async def test_an_offer_that_many_are_shown_steps_back_among_the_about_equal_only(house: House) -> None:
    rooms = house.rooms
    people = [profile_state(letter) for letter in "abcdefgh"]
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), *map(rooms.profile, people))
    # Only the first has the licence that the other offers need. One was confirmed a week ago, one is far.
    driver = people[0].model_copy(update={"licences": (Licence.B,), "occupations": (OccupationWish(code="K1304"),)})
    alone = {"licences": (Licence.B,), "confirmed_at": rooms.clock.now() - timedelta(days=7)}
    near = offer_state("near", rooms.clock, **alone)
    far = offer_state("far", rooms.clock, **alone, place=Place(name="Loin", point=Point(lat=46.37, lon=2.02)))
    other = offer_state("other", rooms.clock, **alone, occupation_code="K1302")
    await rooms.hear(rooms.profile(driver), *map(rooms.offer, (near, far, other)))
    listed = await house.recommended(driver.profile_id)
    assert [item["offer"]["title"] for item in listed] == ["Offre near", "Offre one", "Offre other", "Offre far"]
    scores = [item["score"] for item in listed]
    assert 0 < scores[1] - scores[0] < 0.04 < scores[1] - scores[3]
    assert scores[1] - scores[2] < 0.04, "about as good, but not the person's own occupation"


async def test_strangers_see_nobody(house: House) -> None:
    rooms = house.rooms
    person = profile_state("a")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    path = f"/v1/profiles/{person.profile_id}/recommendations"
    for role, subject, status in (
        ("seeker", "user-a", 200),
        ("seeker", "user-b", 404),
        ("counsellor", "counsellor-1", 200),
        ("counsellor", "counsellor-2", 404),
        ("manager", "anyone", 200),
        ("employer", "user-b", 404),
    ):
        assert (await house.get(path, role=role, subject=subject)).status_code == status, (role, subject)
    assert (await house.client.get(path)).status_code == 401
    elsewhere = house.stack.token("manager", subject="m", territories=("41",))
    assert (await house.client.get(path, headers=elsewhere)).status_code == 404


async def test_an_account_that_was_taken_off_is_repeated_no_answer(house: House) -> None:
    await house.rooms.hear(
        house.rooms.offer(offer_state("o", house.rooms.clock)), house.rooms.profile(profile_state("a"))
    )
    [item] = await house.recommended(profile_state("a").profile_id)
    path, who = f"/v1/recommendations/{item['recommendation_id']}/seen", house.stack.token("seeker", subject="user-a")
    keyed = who | {"Idempotency-Key": "k"}
    assert (await house.client.post(path, headers=keyed)).status_code == 200
    await house.rooms.hear(house.rooms.profile(profile_state("a", owner_id=None)))
    replayed = await house.client.post(path, headers=keyed)
    assert (replayed.status_code, replayed.json()["code"]) == (409, "already-applied")
    assert (await house.client.post(path, headers=who)).status_code == 404


async def test_seen_then_dismissed_is_not_recommended_again(house: House) -> None:
    rooms = house.rooms
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    (found,) = await house.recommended(person.profile_id)
    path = f"/v1/recommendations/{found['recommendation_id']}"
    assert (await house.post(f"{path}/seen")).json()["status"] == "seen"
    by_staff = await house.post(f"{path}/dismiss", role="counsellor", subject="counsellor-1")
    assert by_staff.status_code == 422
    assert by_staff.json()["code"] == "reason-missing"
    assert (await house.post(f"{path}/dismiss")).json()["status"] == "dismissed"
    assert (await house.post(f"{path}/dismiss")).status_code == 200

    async def place_is_free() -> bool:
        return [row["admitted"] for row in await rooms.rows("places")] == [[]]

    await eventually(place_is_free)
    await rooms.hear(rooms.profile(person), rooms.offer(offer.model_copy(update={"positions_total": 2})))
    assert await house.recommended(person.profile_id) == []
    withdrawn = [row for row in await rooms.rows("outbox") if row["type"] == "recommendation-withdrawn.v1"]
    assert len(withdrawn) == 1
    why = await house.get("/v1/explanations", profile=person.profile_id, offer=offer.offer_id)
    assert [reason["code"] for reason in why.json()["why_not"]] == ["dismissed"]


async def test_staff_who_have_a_profile_keep_themselves_no_offer(house: House) -> None:
    """They are the person there: what is pinned or added takes no place that others may have, and was theirs to take anywhere."""
    rooms = house.rooms
    offer, far = offer_state("one", rooms.clock), offer_state("far", rooms.clock, place=None, territory="87")
    person = profile_state("a")
    await rooms.hear(rooms.offer(offer), rooms.offer(far), rooms.profile(person))
    (found,) = await house.recommended(person.profile_id)
    asked = {
        f"/v1/recommendations/{found['recommendation_id']}/pin": {"reason": "J'y tiens"},
        f"/v1/profiles/{person.profile_id}/recommendations": {"reason": "J'y tiens", "offer_id": far.offer_id},
    }
    for roles in (("seeker", "counsellor"), ("seeker", "manager")):
        staff = house.stack.token(*roles, subject="user-a")
        for path, body in asked.items():
            answer = await house.client.post(path, json=body, headers=staff)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), answer.text
    assert await rooms.rows("overrides") == []
    for path, body in asked.items():
        assert (await house.post(path, body, role="counsellor", subject="counsellor-1")).status_code in (200, 201)


async def test_a_pinned_recommendation_stays_until_the_offer_closes(house: House) -> None:
    rooms = house.rooms
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    (found,) = await house.recommended(person.profile_id)
    path = f"/v1/recommendations/{found['recommendation_id']}/pin"
    assert (await house.post(path, {"reason": "Il y tient"})).status_code == 403
    pinned = await house.post(path, {"reason": "Il y tient"}, role="counsellor", subject="counsellor-1")
    assert (pinned.json()["pinned"], pinned.json()["note"]) == (True, "Il y tient")

    async def outside_the_exposure() -> bool:
        return [row["admitted"] for row in await rooms.rows("places")] == [[]]

    await eventually(outside_the_exposure)
    await rooms.hear(rooms.profile(person.model_copy(update={"contract_kinds": (ContractKind.CDD,)})))
    assert len(await house.recommended(person.profile_id)) == 1
    await rooms.hear(rooms.offer(offer.model_copy(update={"positions_open": 0})))
    assert await house.recommended(person.profile_id) == []
    (row,) = await rooms.rows("recommendations")
    assert (row["status"], row["withdrawn_because"]) == ("withdrawn", "offer_closed")


async def test_a_counsellor_adds_an_offer_that_the_engine_would_not_recommend(house: House) -> None:
    rooms = house.rooms
    far = offer_state("far", rooms.clock, place=None, territory="87")
    person = profile_state("a")
    await rooms.hear(rooms.offer(far), rooms.profile(person))
    assert await house.recommended(person.profile_id) == []
    path = f"/v1/profiles/{person.profile_id}/recommendations"
    body = {"offer_id": far.offer_id, "reason": "Logement trouvé sur place"}
    assert (await house.post(path, body)).status_code == 403
    added = await house.post(path, body, role="counsellor", subject="counsellor-1")
    assert added.status_code == 201, added.text
    assert added.json()["reasons"][0]["code"] == "added_by_counsellor"
    assert [one["offer_id"] for one in await house.recommended(person.profile_id)] == [far.offer_id]
    await rooms.hear(rooms.application(application_state(person.profile_id, far.offer_id, rooms.clock)))
    again = await house.post(path, body, role="counsellor", subject="counsellor-1")
    assert again.status_code == 409


async def test_nobody_adds_an_offer_for_somebody_to_whom_nothing_is_proposed(house: House) -> None:
    """They have taken their agreement back, or a guardian theirs: a counsellor's own proposal is one like any other."""
    rooms = house.rooms
    offer, person = offer_state("one", rooms.clock), profile_state("a", active=False)
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    path, body = f"/v1/profiles/{person.profile_id}/recommendations", {"offer_id": offer.offer_id, "reason": "Bien"}
    refused = await house.post(path, body, role="counsellor", subject="counsellor-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "person-not-matched")
    assert await rooms.rows("recommendations") == []


async def test_a_past_recommendation_replays_to_the_digit(house: House) -> None:
    rooms = house.rooms
    offer, person = offer_state("one", rooms.clock), profile_state("a", skills=("s1",))
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    (found,) = await house.recommended(person.profile_id)
    await rooms.hear(rooms.offer(offer.model_copy(update={"positions_open": 0, "experience_months": 24})))
    await rooms.hear(rooms.profile(person.model_copy(update={"point": AUBUSSON})))
    proposed = await house.post("/v1/configurations", _other_weights(), role="manager", subject="m")
    assert proposed.status_code == 201, proposed.text
    await house.post("/v1/configurations/2/activate", role="manager", subject="m")
    rooms.clock.advance(timedelta(days=20))
    replayed = (await house.get(f"/v1/recommendations/{found['recommendation_id']}/replay")).json()
    assert replayed["identical"] is True
    assert replayed["replayed_score"] == replayed["stored_score"] == found["score"]
    assert round(sum(replayed["contributions"].values()), 9) == round(found["score"], 9)


def _other_weights() -> dict[str, Any]:
    weights = {
        "occupation": 2_000, "skills": 1_000, "distance": 4_000, "experience": 500,
        "freshness": 500, "wishes": 500, "reply": 500, "mutual": 1_000,
    }  # fmt: skip
    return {"weights": weights, "live_per_profile": 1}


async def test_a_configuration_is_validated_tried_and_activated_by_a_manager(house: House) -> None:
    rooms = house.rooms
    person = profile_state("a")
    await rooms.hear(*(rooms.offer(offer_state(f"o{n}", rooms.clock)) for n in range(3)), rooms.profile(person))
    assert (await house.post("/v1/configurations", {}, role="counsellor", subject="c")).status_code == 403
    wrong = await house.post("/v1/configurations", {"weights": {"skills": 9_999}}, role="manager", subject="m")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "weights")
    assert (await house.post("/v1/configurations", _other_weights(), role="manager", subject="m")).status_code == 201
    tried = (await house.post("/v1/configurations/2/dry-run", role="manager", subject="m")).json()
    assert (tried["kept"], tried["added"], tried["withdrawn"]) == (1, 0, 2)
    assert len(await house.recommended(person.profile_id)) == 3
    await house.post("/v1/configurations/2/activate", role="manager", subject="m")

    async def followed() -> bool:
        return len(await house.recommended(person.profile_id)) == 1

    await eventually(followed)
    listed = (await house.get("/v1/configurations", role="manager", subject="m")).json()["items"]
    assert [(one["version"], one["active"]) for one in listed] == [(2, True), (1, False)]
    await house.post("/v1/configurations/1/activate", role="manager", subject="m")

    async def back() -> bool:
        return len(await house.recommended(person.profile_id)) == 3

    await eventually(back)


async def test_offers_without_takers_are_shown_to_managers(house: House) -> None:
    rooms = house.rooms
    alone, taken = offer_state("alone", rooms.clock), offer_state("taken", rooms.clock)
    person = profile_state("a")
    await rooms.hear(rooms.offer(alone), rooms.offer(taken), rooms.profile(person))
    await rooms.hear(rooms.application(application_state(person.profile_id, taken.offer_id, rooms.clock)))
    assert (await house.get("/v1/offers-without-takers", role="manager", subject="m")).json()["items"] == []
    rooms.clock.advance(timedelta(days=15))
    (found,) = (await house.get("/v1/offers-without-takers", role="manager", subject="m")).json()["items"]
    assert (found["offer_id"], found["days_published"], found["widening_step"]) == (alone.offer_id, 15, 2)
    assert (found["exposure_budget"], found["shown_to"], found["seen_by"]) == (40, 1, 0)
    assert (await house.get("/v1/offers-without-takers", role="counsellor", subject="c")).status_code == 403


async def test_the_audit_shows_aggregates_and_masks_small_groups(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = house.rooms
    monkeypatch.setattr(overviews, "_AT_ONCE", 5)
    people = [profile_state(f"p{n}", vehicle=n < 8) for n in range(12)]
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), *(rooms.profile(one) for one in people))
    report = (await house.get("/v1/audit", role="manager", subject="m", territory="23")).json()
    assert report["people"] == 10
    vehicle = {cell["group"]: cell for cell in report["cells"] if cell["dimension"] == "vehicle"}
    # Four people without a vehicle are too few; what is shown of the others, rounded, does not tell how many.
    assert vehicle["no"]["people"] is None
    assert vehicle["yes"]["people"] == 10
    french = [cell for cell in report["cells"] if cell["dimension"] == "french"]
    assert [(cell["group"], cell["people"], cell["with_recommendation"]) for cell in french] == [
        ("not_stated", 10, 1.0)
    ]
    assert (await house.get("/v1/audit", role="manager", subject="m", territory="41")).status_code == 403
    plan = await rooms.store.collection("recommendations").find(overviews.live_of(["p0"])).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


async def test_a_recommendation_of_somebody_else_does_not_tell_whose_it_is(house: House) -> None:
    rooms = house.rooms
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    (found,) = await house.recommended(person.profile_id)
    id = found["recommendation_id"]
    for call in (
        house.post(f"/v1/recommendations/{id}/seen", subject="user-b"),
        house.get(f"/v1/recommendations/{id}/replay", subject="user-b"),
    ):
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == (404, "recommendation-unknown")
        assert person.profile_id not in answer.text
    unknown = await house.post("/v1/recommendations/nothing/seen", subject="user-b")
    assert unknown.json()["detail"].replace("nothing", id) == answer.json()["detail"]


async def test_a_configuration_for_all_is_activated_by_who_works_for_all(house: House) -> None:
    rooms = house.rooms
    here, there = profile_state("a"), profile_state("b", territory="87")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(here), rooms.profile(there))
    elsewhere = house.stack.token("manager", subject="m", territories=("87",))
    both = house.stack.token("manager", subject="m", territories=("23", "87"))
    assert (await house.client.post("/v1/configurations", json=_other_weights(), headers=elsewhere)).status_code == 201
    tried = await house.client.post("/v1/configurations/2/dry-run", headers=elsewhere)
    assert tried.json()["profiles"] == 1
    assert here.profile_id not in tried.text
    refused = await house.client.post("/v1/configurations/2/activate", headers=elsewhere)
    assert (refused.status_code, refused.json()["territories"]) == (403, ["87"])
    assert (await house.client.post("/v1/configurations/2/activate", headers=both)).status_code == 200


async def test_an_unknown_schedule_is_said_to_who_refuses_nights(house: House) -> None:
    rooms = house.rooms
    person = profile_state("a", availability=Availability(night=False))
    unsaid, said = offer_state("unsaid", rooms.clock), offer_state("said", rooms.clock, schedule_known=True)
    nights = offer_state("nights", rooms.clock, schedule=ScheduleFlags(night=True))
    await rooms.hear(*map(rooms.offer, (unsaid, said, nights)), rooms.profile(person))
    listed = await house.recommended(person.profile_id)
    texts = {item["offer"]["title"]: [reason["text"] for reason in item["reasons"]] for item in listed}
    assert set(texts) == {"Offre unsaid", "Offre said"}
    assert "Horaires non précisés : demandez s’il y a du travail de nuit" in texts["Offre unsaid"]
    assert not [text for text in texts["Offre said"] if "Horaires" in text]
    assert listed[0]["offer"]["title"] == "Offre said"


async def test_a_recommendation_of_the_first_release_answers_with_the_terms_that_it_had(house: House) -> None:
    rooms = house.rooms
    person = profile_state("a")
    await rooms.hear(rooms.profile(person))
    old = dumped("2026-11", "matching")["recommendations"]
    await rooms.store.collection("recommendations").insert_many(
        [{**one, "profile_id": person.profile_id} for one in old]
    )
    for one in old:
        answer = (await house.get(f"/v1/recommendations/{one['_id']}/replay")).json()
        assert answer["identical"] is True
        assert answer["replayed_score"] == answer["stored_score"] == one["score"] / 100_000_000
        assert list(answer["contributions"].values()) == [part / 100_000_000 for part in one["contributions"]]
    live = [one["_id"] for one in old if one["status"] in ("created", "seen")]
    assert {item["recommendation_id"] for item in await house.recommended(person.profile_id)} >= set(live)


async def test_what_was_decided_while_somebody_was_erased_is_not_written_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = house.rooms
    commit = rooms.store.commit
    for way in ("add", "pin", "dismiss", "seen"):
        offer = offer_state(f"near-{way}", rooms.clock)
        far = offer_state(f"far-{way}", rooms.clock, place=None, territory="87")
        person = profile_state(f"person-{way}")
        await rooms.hear(rooms.offer(offer), rooms.offer(far), rooms.profile(person))
        recommended, *_ = await house.recommended(person.profile_id, role="counsellor", subject="counsellor-1")
        erasing = [rooms.profile(None, person.profile_id)]

        async def meanwhile(work: Any, erasing: list[Any] = erasing) -> Any:
            # What people decide, never what the worker settles.
            if erasing and {write.collection for write in work.writes} <= {"recommendations", "overrides", "profiles"}:
                await rooms.hear(erasing.pop())
            return await commit(work)

        monkeypatch.setattr(rooms.store, "commit", meanwhile)
        path = f"/v1/recommendations/{recommended['recommendation_id']}/{way}"
        if way == "add":
            path = f"/v1/profiles/{person.profile_id}/recommendations"
        body = {"reason": "Camille viendra à pied"} | ({"offer_id": far.offer_id} if way == "add" else {})
        answer = await house.post(path, body, role="counsellor", subject="counsellor-1")
        monkeypatch.setattr(rooms.store, "commit", commit)
        assert (way, answer.status_code, answer.json()["code"]) == (way, 404, "profile-unknown")
        for collection in ("recommendations", "overrides"):
            assert (way, await rooms.rows(collection)) == (way, [])
