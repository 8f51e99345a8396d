"""Guided entry: from a name on the phone to a whole profile, one small question after the other."""

from typing import Any

from services.profiles.api.views import ProfileRevision
from services.profiles.domain.details import Wish
from services.profiles.domain.skill_proposals import MOST_NEAR, MOST_PRACTISED, Origin, proposals
from services.profiles.domain.steps import STEPS
from shared.reference.occupations import Occupations
from tests.support import Running, Stack, outbox_rows

ANSWERS: dict[str, dict[str, Any]] = {
    "occupations": {"occupations": [{"code": "K1304", "experience_months": 24}]},
    "place": {"place": {"commune_code": "23096"}},
    "travel": {"travel": [{"means": "foot", "range_km": 5}]},
    "licences": {"licences": ["AM"]},
    "availability": {"availability": {"night": False}},
    "skills": {"skills": ["aide-repas"]},
    "qualification": {"qualification_level": 3},
    "french": {"french_level": "B1"},
    "contracts": {"contract_kinds": ["cdi", "cdd"]},
    "contact": {"phone": "05 55 52 00 00"},
    "cv": {"cv": {"presentation": "Patiente et ponctuelle."}},
}


def test_each_step_is_answered_by_fields_of_the_profile() -> None:
    assert {one.id for one in STEPS} == set(ANSWERS)
    for one in STEPS:
        assert set(ANSWERS[one.id]) <= set(one.fields) <= set(ProfileRevision.model_fields)
        assert all(name.split(".")[0] in one.fields for name in one.values)
        assert one.question.endswith("?")
        assert one.why.endswith(".")


async def test_a_counsellor_goes_from_step_to_step(profiles: Running, stack: Stack) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    named = {"first_name": "Roger", "last_name": "Vallade"}
    where = (await profiles.client.post("/v1/profiles", json=named, headers=who)).headers["location"]

    async def read(**params: Any) -> dict[str, Any]:
        answer = await profiles.client.get(f"{where}/steps", params=params, headers=who)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    first = await read()
    assert (first["done"], first["of"], first["next"]) == (0, len(STEPS), "occupations")
    brings = {one["id"]: one["brings"] for one in first["steps"] if one["brings"]}
    assert brings == {
        "occupations": f"{where}/counterfactuals/answer?occupation={{code}}",
        "place": f"{where}/counterfactuals/answer?commune={{commune_code}}",
        "travel": f"{where}/counterfactuals/answer?range_km={{range_km}}",
        "licences": f"{where}/counterfactuals",
    }
    passed = await read(skipped=["occupations", "nothing"])
    assert (passed["steps"][0]["state"], passed["next"]) == ("skipped", "place")
    asked = []
    while (step := (await read())["next"]) is not None:
        asked.append(step)
        assert len(asked) <= len(STEPS), "a step that was answered is asked again"
        answered = await profiles.client.patch(where, json=ANSWERS[step], headers=who | {"If-Match": "*"})
        assert answered.status_code == 200, answered.text
    assert asked == [one.id for one in STEPS]
    assert (await read())["done"] == len(STEPS)
    stranger = stack.token("seeker", subject="seeker-9")
    assert (await profiles.client.get(f"{where}/steps", headers=stranger)).status_code == 404


def test_skills_are_proposed_from_work_that_was_done_the_rare_first_and_no_wish_is_taken_for_work() -> None:
    occupations = Occupations.load()
    did = [Wish(code="D1106", experience_months=12), Wish(code="K2204", experience_months=40), Wish(code="F1703")]
    found = proposals(did, ("rayon",), occupations)
    by_code = {one.code: one for one in found}
    assert len(by_code) == len(found)
    assert {one.occupation.code for one in found} == {"D1106", "K2204"}, "a wish without experience proposes something"
    assert "rayon" not in by_code, "what is held is proposed again"
    practised = [one for one in found if one.origin is Origin.PRACTISED]
    assert found[: len(practised)] == practised
    spread = [occupations.skill_spread[one.code] for one in practised]
    assert spread == sorted(spread), "these occupations list few skills: the rarest comes first"
    for one in found:
        asked = one.code in dict(one.occupation.skills)
        assert asked is (one.origin is Origin.PRACTISED)
        assert set(occupations.neighbours(one.occupation.code)) >= {also.code for also in one.also_in}
        assert all(one.code in dict(also.skills) for also in one.also_in)
        assert asked or len(one.also_in) >= 2
    assert proposals([Wish(code="A9999", experience_months=9), Wish(code="F1703")], (), occupations) == []
    many = [Wish(code=one.code, experience_months=1) for one in list(occupations)[:20]]
    origins = [one.origin for one in proposals(many, (), occupations)]
    assert origins.count(Origin.PRACTISED) == MOST_PRACTISED
    assert len(origins) <= MOST_PRACTISED + MOST_NEAR


async def test_proposed_skills_are_taken_by_the_usual_change_and_not_proposed_again(
    profiles: Running, stack: Stack
) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    body = {"first_name": "Roger", "last_name": "Vallade", "occupations": [{"code": "K1304", "experience_months": 24}]}
    where = (await profiles.client.post("/v1/profiles", json=body, headers=who)).headers["location"]
    proposed = (await profiles.client.get(f"{where}/skill-proposals", headers=who)).json()
    codes = [one["code"] for one in proposed["proposals"]]
    assert proposed["held"] == []
    assert {"menage", "repas"} < set(codes)
    accepted = {"skills": [*proposed["held"], *codes[:2]]}
    answered = await profiles.client.patch(where, json=accepted, headers=who | {"If-Match": "*"})
    assert answered.status_code == 200, answered.text
    after = (await profiles.client.get(f"{where}/skill-proposals", headers=who)).json()
    assert (after["held"], [one["code"] for one in after["proposals"]]) == (codes[:2], codes[2:])
    stranger = stack.token("seeker", subject="seeker-9")
    assert (await profiles.client.get(f"{where}/skill-proposals", headers=stranger)).status_code == 404


async def test_a_licence_in_preparation_and_limits_of_the_body_are_told_to_nobody(
    profiles: Running, stack: Stack
) -> None:
    who, boss = stack.token("counsellor", subject="counsellor-1"), stack.token("manager", subject="manager-1")
    body = {"first_name": "Roger", "last_name": "Vallade"}
    where = (await profiles.client.post("/v1/profiles", json=body, headers=who)).headers["location"]
    told = await outbox_rows(profiles.store)

    async def change(said: dict[str, Any]) -> dict[str, Any]:
        answered = await profiles.client.patch(where, json=said, headers=who | {"If-Match": "*"})
        assert answered.status_code == 200, answered.text
        found: dict[str, Any] = answered.json()
        return found

    learning = {"licence": "B", "expected_on": "2020-01-15"}
    seen = await change({"licences_in_preparation": [learning]})
    assert (seen["licences"], seen["licences_in_preparation"]) == ([], [learning]), "a day that is past makes none held"
    path = f"{where}/functional-limits"
    limits = {"limits": ["heavy_lifting", "long_standing"]}
    assert (await profiles.client.put(path, json=limits, headers=who)).json() == limits
    assert (await profiles.client.get(path, headers=who)).json() == limits
    assert await outbox_rows(profiles.store) == told
    version = (await profiles.client.get(where, headers=who)).json()["version"]
    again = await profiles.client.put(path, json={"limits": limits["limits"][::-1]}, headers=who)
    assert again.status_code == 200
    read = await profiles.client.get(where, headers=boss)
    assert read.json()["version"] == version, "the same again changes nothing"
    assert "heavy_lifting" not in read.text
    told_of = [(await profiles.client.get(f"{where}/journal", headers=one)).json()["items"] for one in (who, boss)]
    assert ["functional_limits" in str(one) for one in told_of] == [True, False], "nor that anything was said"
    assert len(told_of[1]) == len(told_of[0]) - 1
    for someone, status in ((boss, 403), (stack.token("counsellor", subject="counsellor-2"), 404)):
        assert (await profiles.client.get(path, headers=someone)).status_code == status
        assert (await profiles.client.put(path, json=limits, headers=someone)).status_code == status
    wrong = await profiles.client.put(path, json={"limits": ["hernie discale"]}, headers=who)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "limits.0")
    passed = await change({"licences": ["B"]})
    assert (passed["licences"], passed["licences_in_preparation"]) == (["B"], [])
    assert len(await outbox_rows(profiles.store)) == len(told) + 1
