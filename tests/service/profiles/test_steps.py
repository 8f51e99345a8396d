"""Guided entry: from a name on the phone to a whole profile, one small question after the other."""

from typing import Any

from services.profiles.api.views import ProfileRevision
from services.profiles.domain.steps import STEPS
from tests.support import Running, Stack

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
