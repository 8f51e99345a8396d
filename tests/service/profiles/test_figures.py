"""Figures of registrations: exact for the territory's managers; for everybody rounded, masked, and nothing by subtraction."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.profiles.domain.figures import BAND_NAMES, SEXES, Figures, PersonFact, count, public_report
from services.profiles.domain.figures import UNKNOWN as NOWHERE
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack

PEOPLE = st.builds(
    PersonFact,
    group=st.sampled_from("abc"),
    sex=st.sampled_from(SEXES),
    birth_year=st.sampled_from([None, 1960, 1990, 2004]),
    rsa=st.booleans(),
    cv_online=st.booleans(),
)


def cells(found: Figures) -> list[int | None]:
    figures = (found.registered, found.rsa_recipients, found.cvs_online)
    return [*figures, *found.by_sex.values(), *found.by_age_band.values()]


@settings(max_examples=50)
@given(st.lists(PEOPLE, max_size=60))
def test_no_figure_that_everybody_reads_speaks_of_less_than_five(facts: list[PersonFact]) -> None:
    groups = [
        count([one for one in facts if one.group == group], 2026)
        for group in "abc"
        if group in {one.group for one in facts}
    ]
    shown, lines = public_report(facts, 2026)
    told_lines = [shown, *(lines[group] for group in sorted(lines))]
    for exact, seen in zip([count(facts, 2026), *groups], told_lines, strict=True):
        for true, told in zip(cells(exact), cells(seen), strict=True):
            assert told is None or (told % 5 == 0 and (told == 0) <= (true == 0))
        # The others are as few where nearly everybody is: what is left of the whole speaks of nobody either.
        rest = (exact.registered or 0) - (exact.rsa_recipients or 0)
        assert seen.rsa_recipients is None or seen.registered is not None
        assert not (0 < rest < 5 and seen.rsa_recipients is not None and seen.registered == seen.rsa_recipients == rest)
    assert set(shown.by_age_band) == set(BAND_NAMES) >= {NOWHERE}


async def test_managers_count_exactly_and_everybody_else_by_fives(profiles: Running, stack: Stack) -> None:
    manager = stack.token("manager", subject="manager-1")
    for number in range(7):
        body = a_body(
            email=None, first_name=f"N{number}", birth_year=None, birth_date="1989-04-17" if number else None,
            sex="female" if number < 6 else "male", statuses={"rsa_recipient": number < 6},
            place={"commune_code": "23096" if number < 5 else "23176"},
        )  # fmt: skip
        assert (await profiles.client.post("/v1/profiles", json=body, headers=manager)).status_code == 201

    async def asked(who: dict[str, str] | None, **query: Any) -> dict[str, Any]:
        answer = await profiles.client.get("/v1/statistics/registrations", params=query, headers=who or {})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    exact = await asked(manager, group_by="commune")
    total = exact["total"]
    assert (exact["masked"], total["registered"], total["rsa_recipients"], total["cvs_online"]) == (False, 7, 6, 0)
    assert (total["by_sex"], total["by_age_band"]["26_to_49"]) == ({"female": 6, "male": 1, "unstated": 0}, 6)
    assert {one["label"]: one["figures"]["registered"] for one in exact["groups"]} == {"Guéret": 5, "La Souterraine": 2}
    assert (await asked(manager, start="2026-01-01", end="2026-03-01"))["total"]["registered"] == 0
    for who in (None, stack.token("manager", territories=["41"]), stack.token("counsellor")):
        seen = await asked(who, territory="23", start="2026-03-02", end="2026-03-02", group_by="commune")
        assert (seen["masked"], seen["start"], seen["end"]) == (True, "2026-01-01", "2026-12-31")
        assert (seen["total"]["registered"], seen["total"]["by_sex"]["male"]) == (5, None)
        assert None in [one["figures"]["registered"] for one in seen["groups"]]
    table = await profiles.client.get("/v1/statistics/registrations.csv", headers=manager)
    lines = table.text.removeprefix("\ufeff").splitlines()
    assert lines[:3] == [
        "Code;Groupe;Chiffre;Valeur",
        ";Total;Personnes inscrites;7",
        ";Total;dont bénéficiaires du RSA;6",
    ]
    assert ";Total;Femmes;6" in lines
    assert ";Total;26 à 49 ans;6" in lines
