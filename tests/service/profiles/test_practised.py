"""An occupation that is practised and not sought any more: who says it, who is told, and what an older front cannot undo."""

import json
from typing import Any

from services.profiles.cv.content import content_of
from shared.contracts.events.profiles import MOST_PRACTISED
from shared.reference.occupations import Occupations
from tests.service.profiles.builders import NOW, a_body, a_profile, details, outbox
from tests.service.profiles.test_cv_pool import Fair, fair
from tests.support import Running, Stack

__all__ = ["fair"]

CARER, HOME_HELP = {"code": "K1302", "experience_months": 60}, {"code": "K1304", "experience_months": 24}
LEFT = {**CARER, "sought": False}


async def test_it_is_told_to_matching_apart_and_stays_until_somebody_says_otherwise(
    profiles: Running, stack: Stack
) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    made = await profiles.client.post("/v1/profiles", json=a_body(occupations=[LEFT, HOME_HELP]), headers=who)
    where = made.headers["location"]
    assert made.json()["occupations"] == [LEFT, {**HOME_HELP, "sought": True}]

    async def told() -> tuple[list[Any], list[Any]]:
        rows = [row for row in await outbox(profiles) if row["topic"] == "profiles.profiles.v1"]
        state = json.loads(rows[-1]["data"])
        return state["occupations"], state["practised"]

    assert await told() == ([HOME_HELP], [CARER])

    async def change(*occupations: dict[str, Any]) -> list[bool]:
        body = {"occupations": list(occupations)}
        answer = await profiles.client.patch(where, json=body, headers=who | {"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        return [one["sought"] for one in answer.json()["occupations"]]

    # A front that knows no such field sends what it knows back, with more months; it undoes nothing.
    assert await change({**CARER, "experience_months": 72}, HOME_HELP) == [False, True]
    assert await told() == ([HOME_HELP], [{**CARER, "experience_months": 72}])
    # Nor does what a CV says of it.
    confirmed = {"occupations": [{**CARER, "experience_months": 80}]}
    taken = await profiles.client.post(f"{where}/cv/proposals/confirmation", json=confirmed, headers=who)
    assert taken.status_code == 200, taken.text
    assert await told() == ([HOME_HELP], [{**CARER, "experience_months": 80}])
    assert await change({**CARER, "sought": True}, HOME_HELP) == [True, True]
    assert await told() == ([CARER, HOME_HELP], [])

    listed = (await profiles.client.get("/v1/profiles", headers=who)).json()["items"]
    assert [one["occupations"] for one in listed] == [["K1302", "K1304"]]
    await change(LEFT, HOME_HELP)

    async def found(code: str) -> list[list[str]]:
        answer = await profiles.client.get("/v1/profiles", params={"occupation": code}, headers=who)
        return [one["occupations"] for one in answer.json()["items"]]

    assert (await found("K1304"), await found("K1302")) == ([["K1304"]], [])


async def test_of_those_left_no_more_are_taken_than_matching_can_hold(profiles: Running, stack: Stack) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    left = [{"code": f"A11{number:02d}", "sought": False} for number in range(MOST_PRACTISED + 1)]
    refused = await profiles.client.post("/v1/profiles", json=a_body(occupations=left), headers=who)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [f"occupations.{MOST_PRACTISED}.sought"]
    taken = await profiles.client.post("/v1/profiles", json=a_body(occupations=left[1:]), headers=who)
    assert taken.status_code == 201


def test_a_cv_says_what_is_sought() -> None:
    profile = a_profile(occupations=[LEFT, HOME_HELP])
    content = content_of(profile, Occupations.load(), NOW.date())
    assert content.headline == "Aide ménager(ère)"
    assert len(content.occupations) == 1
    assert details(occupations=[LEFT]).sought == ()


async def test_an_employer_finds_by_all_that_a_card_says_and_nothing_tells_what_was_left(fair: Fair) -> None:
    """Whoever were found by all of a card but one occupation would have told that they have left it."""
    where, who = await fair.person(1, occupations=[LEFT, HOME_HELP, {"code": "F1703", "sought": False}])
    await fair.person(2, occupations=[{**CARER, "sought": True}, HOME_HELP])
    [card, other] = await fair.found(occupation=["K1302", "K1304"])
    assert {**card, "pseudonym": ""} == {**other, "pseudonym": ""}
    for code in ("K1302", "K1304"):
        assert await fair.found(occupation=[code]) == [card, other], "left or not, they are found alike"
    # What nobody reads on it finds nobody.
    assert await fair.found(occupation=["F1703"]) == []
    assert [(one["code"], one["months"]) for one in card["occupations"]] == [("K1302", 60), ("K1304", 24)]
    assert all(set(one) == {"code", "label", "months"} for one in card["occupations"])
    own = (await fair.client.get(f"{where}/cv/pool", headers=who)).json()["card"]
    assert own["occupations"] == card["occupations"]
