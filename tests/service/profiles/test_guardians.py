"""People of sixteen and seventeen: nothing is matched, shown or applied for before a guardian agrees."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.profiles.commands import guardians
from services.profiles.domain.errors import GuardianConsentRefused
from services.profiles.domain.guardian import TEXT_VERSION, GuardianConsent, GuardianConsentGiven
from services.profiles.domain.journal import Actor
from services.profiles.domain.pool import TEXT_VERSION as POOL_TEXT
from services.profiles.domain.profile import Profile
from services.profiles.domain.withheld import Withheld
from services.profiles.migrations import PROFILE_STEPS
from shared.auth import Role
from shared.clock import HandClock
from shared.store import decode
from shared.store.migrations import upgraded
from tests.service.profiles.builders import a_body, a_profile, outbox
from tests.service.profiles.disclosing import Desk
from tests.support import Running, Stack

MINOR = "2009-01-15"
CONSENT = {"given_by": "parent", "name": "Sylvie Lemoine", "given_on": "2026-02-27", "heard": "by_phone"}


async def told(running: Running) -> list[tuple[bool, bool]]:
    """What matching and offers were told, each time."""
    states = [json.loads(row["data"]) for row in await outbox(running, "profiles.profiles.v1")]
    return [(state["active"], state["may_apply"]) for state in states]


def rules(answer: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["rule"]) for error in answer.json()["errors"]]


async def test_a_minor_waits_for_a_guardian_and_comes_of_age(profiles: Running, stack: Stack, clock: HandClock) -> None:
    seeker, manager = stack.token("seeker", subject="seeker-1"), stack.token("manager", subject="manager-1")
    client = profiles.client
    made = await client.post("/v1/profiles", json=a_body(birth_year=None, birth_date=MINOR), headers=seeker)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["withheld"], body["birth_year"]) == ("guardian_consent", 2009)
    assert "parent ou d'un tuteur" in body["withheld_text"]
    where = f"/v1/profiles/{body['id']}"
    assert await told(profiles) == [(False, False)]
    pool = await client.put(f"{where}/cv/pool", json={"text_version": "2026-11"}, headers=seeker)
    assert (pool.status_code, pool.json()["code"]) == (409, "profile-withheld")
    # Nobody grows up by their own word; who accompanies them looks at the paper.
    for changed in ({"birth_date": None}, {"birth_date": "1999-01-15"}, {"birth_date": None, "birth_year": 1999}):
        own = await client.patch(where, json=changed, headers=seeker | {"If-Match": "*"})
        assert (own.status_code, rules(own)) == (403, [("birth_date", "staff-only")])

    consents = f"{where}/guardian-consents"
    body = CONSENT | {"text_version": TEXT_VERSION}
    assert (await client.post(consents, json=body, headers=seeker)).status_code == 403
    for wrong, field, rule in (
        ({"given_on": "2026-03-03"}, "given_on", "in-the-future"),
        ({"given_on": "2025-01-14"}, "given_on", "too-early"),
        ({"text_version": "2025-01"}, "text_version", "changed"),
    ):
        assert rules(await client.post(consents, json=body | wrong, headers=manager)) == [(field, rule)]
    first = await client.post(consents, json=body, headers=manager | {"Idempotency-Key": "guardian-1"})
    assert first.status_code == 201, first.text
    assert (await told(profiles))[-1] == (True, True)
    await client.delete(f"{consents}/{first.json()['id']}", headers=manager)
    assert (await told(profiles))[-1] == (False, False)
    listed = (await client.get(consents, headers=seeker)).json()
    assert (listed["withheld"], listed["items"][0]["name"], listed["items"][0]["recorded_by"]) == (
        "guardian_consent", "Sylvie Lemoine", "manager-1"
    )  # fmt: skip
    assert listed["items"][0]["revoked_by"] == "manager-1"

    context = profiles.app.state.context
    assert await guardians.look_again(context) == 0
    clock.advance(datetime(2027, 1, 14, 22, 59, tzinfo=UTC) - clock.now())
    assert await guardians.look_again(context) == 0
    clock.advance(timedelta(minutes=1))  # midnight in Paris
    assert (await guardians.look_again(context), await guardians.look_again(context)) == (1, 0)
    assert (await told(profiles))[-1] == (True, True)
    lines = (await client.get(f"{where}/journal", headers=manager)).json()["items"]
    assert [line["action"] for line in lines] == [
        "calendar", "guardian_consent_revoked", "guardian_consent_recorded", "created"
    ]  # fmt: skip
    grown = await client.post(consents, json=body, headers=manager)
    assert rules(grown) == [("birth_date", "not-a-minor")]

    assert (await client.delete(where, headers=manager)).status_code == 204
    for name in await profiles.store.database.list_collection_names():
        for document in await profiles.store.collection(name).find().to_list(None):
            assert "Sylvie" not in str(document), name


async def test_one_guardian_who_takes_it_back_is_enough(profiles: Running, stack: Stack) -> None:
    """Both parents agreed, or one twice: whichever word is taken back, nothing goes on by the other."""
    manager = stack.token("manager", subject="manager-1")
    made = await profiles.client.post(
        "/v1/profiles", json=a_body(birth_year=None, birth_date=MINOR, territory="23"), headers=manager
    )
    consents = f"/v1/profiles/{made.json()['id']}/guardian-consents"
    given = []
    for name in ("Sylvie Lemoine", "Paul Lemoine"):
        body = CONSENT | {"text_version": TEXT_VERSION, "name": name}
        given.append((await profiles.client.post(consents, json=body, headers=manager)).json()["id"])
    assert (await told(profiles))[-1] == (True, True)
    assert (await profiles.client.delete(f"{consents}/{given[0]}", headers=manager)).status_code == 204
    assert (await told(profiles))[-1] == (False, False)
    # Asked anew, they may agree again.
    again = CONSENT | {"text_version": TEXT_VERSION}
    assert (await profiles.client.post(consents, json=again, headers=manager)).status_code == 201
    assert (await told(profiles))[-1] == (True, True)


@pytest.mark.parametrize("way", ["consent", "birth_date"])
async def test_what_employers_were_let_read_ends_and_none_of_it_comes_back_with_a_new_consent(
    profiles: Running, stack: Stack, way: str
) -> None:
    desk, client = Desk(stack, profiles), profiles.client
    manager = stack.token("manager", subject="manager-1")
    grown = way == "birth_date"
    profile = await desk.begin(birth_year=None, birth_date="1999-01-15" if grown else MINOR, visible_to_employers=True)
    where = f"/v1/profiles/{profile}"
    await client.post(f"{where}/counsellors", json={"counsellor_id": "counsellor-1"}, headers=manager)
    consent = CONSENT | {"text_version": TEXT_VERSION}
    given = None if grown else await client.post(f"{where}/guardian-consents", json=consent, headers=manager)
    assert (
        await client.put(f"{where}/cv/pool", json={"text_version": POOL_TEXT}, headers=desk.seeker)
    ).status_code == 200
    agreed = (await desk.agree()).json()["id"]
    await desk.hear(desk.application("submitted", 1, agreed))
    assert (await desk.read(agreed)).status_code == 200

    if given is None:
        changed = {"birth_date": MINOR}
        assert (await client.patch(where, json=changed, headers=manager | {"If-Match": "*"})).status_code == 200
    else:
        await client.delete(f"{where}/guardian-consents/{given.json()['id']}", headers=manager)
    assert (await desk.read(agreed)).status_code == 404
    [notice] = [json.loads(row["data"]) for row in await outbox(profiles, "profiles.notices.v1")]
    assert (notice["template"], notice["recipients"]) == ("profile_withheld", [profile, "counsellor-1"])
    # Neither why, nor that they are young: it is read in the profile alone.
    assert notice["params"] == {"profile_id": profile}
    line = (await client.get(f"{where}/journal", headers=manager)).json()["items"][0]
    assert {"visible_to_employers", "pool"} <= set(line["fields"])

    again = await client.post(f"{where}/guardian-consents", json=consent, headers=manager)
    assert (again.status_code, (await told(profiles))[-1]) == (201, (True, True))
    body = (await client.get(where, headers=desk.seeker)).json()
    assert (body["withheld"], body["visible_to_employers"]) == (None, False)
    assert (await client.get(f"{where}/cv/pool", headers=desk.seeker)).json()["card"] is None
    # Offers has withdrawn what carried it; had it not heard of it yet, nothing would be shown either.
    assert (await desk.read(agreed)).status_code == 404
    listed = (await client.get(f"{where}/disclosures", headers=desk.seeker)).json()["items"]
    assert [(one["state"], one["revoked_at"] is not None) for one in listed] == [("revoked", True)]
    assert (await desk.agree()).status_code == 201


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"birth_date": "2010-03-03"}, ("birth_date", "under-16")),
        ({"birth_date": "2026-03-03"}, ("birth_date", "in-the-future")),
        ({"birth_year": 2011}, ("birth_year", "under-16")),
        ({"birth_year": 2009}, ("birth_date", "required")),
        ({"birth_date": "1989-04-17", "birth_year": 1990}, ("birth_year", "differs")),
    ],
)
async def test_under_sixteen_is_refused_and_a_year_is_taken_of_adults_only(
    profiles: Running, stack: Stack, said: dict[str, Any], refused: tuple[str, str]
) -> None:
    for who in (stack.token("seeker", subject="seeker-1"), stack.token("counsellor", subject="counsellor-1")):
        answer = await profiles.client.post("/v1/profiles", json=a_body(birth_year=None) | said, headers=who)
        assert (answer.status_code, rules(answer)) == (422, [refused])
        made = (await profiles.client.post("/v1/profiles", json=a_body(), headers=who)).json()
        changed = await profiles.client.patch(f"/v1/profiles/{made['id']}", json=said, headers=who | {"If-Match": "*"})
        assert (changed.status_code, rules(changed)) == (422, [refused])


async def test_who_was_registered_by_the_earlier_rule_is_looked_at_and_may_mend_the_rest(
    profiles: Running, stack: Stack
) -> None:
    stored = a_profile(owner_id="seeker-1")
    counsellor = stack.token("counsellor", subject="counsellor-1")
    for number, year in enumerate((2010, 2011, 2006), start=1):
        document = {**stored.model_dump(mode="json"), "_id": f"profile-{number}", "owner_id": None, "_schema": 2}
        document["details"] |= {"birth_year": year}
        document["created_at"] = document["updated_at"] = stored.created_at
        for name in ("id", "withheld", "next_change_on", "guardian_consent_id"):
            document.pop(name)
        upgrade = upgraded(document, PROFILE_STEPS)
        assert upgraded(upgrade | {"_schema": 2}, PROFILE_STEPS) == upgrade
        await profiles.store.collection("profiles").insert_one(upgrade)
    assert await guardians.look_again(profiles.app.state.context) == 2
    found = {row["_id"]: Profile.restore(decode(row)) async for row in profiles.store.collection("profiles").find({})}
    assert [one.withheld for _, one in sorted(found.items())] == [Withheld.BIRTH_DATE, Withheld.UNDER_16, None]
    assert found["profile-2"].next_change_on == date(2027, 1, 1)
    path = "/v1/profiles/profile-2"
    mended = await profiles.client.patch(path, json={"phone": None}, headers=counsellor | {"If-Match": "*"})
    assert mended.status_code == 200, mended.text
    assert rules(
        await profiles.client.patch(path, json={"birth_year": 2012}, headers=counsellor | {"If-Match": "*"})
    ) == [("birth_year", "under-16")]


def test_a_guardian_speaks_of_somebody_of_sixteen_or_seventeen_on_a_day_that_has_come() -> None:
    today, now = date(2026, 3, 2), datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    actor = Actor(user_id="manager-1", role=Role.MANAGER)

    def heard(born: str | None, given_on: str, text: str = TEXT_VERSION) -> GuardianConsent:
        given = GuardianConsentGiven.model_validate(CONSENT | {"given_on": given_on, "text_version": text})
        profile = a_profile(birth_year=None, birth_date=born)
        return GuardianConsent.heard_from("consent-1", profile, given, actor, today, now)

    def refused(*given: str | None) -> list[tuple[str, str]]:
        with pytest.raises(GuardianConsentRefused) as refusal:
            heard(*given)  # type: ignore[arg-type]  # as many as are given
        return [(error.field, error.rule) for error in refusal.value.errors]

    assert heard(MINOR, "2026-03-02").given_on == today
    assert refused(MINOR, "2026-03-03") == [("given_on", "in-the-future")]
    assert heard(MINOR, "2025-01-15").recorded_by == "manager-1"
    assert refused(MINOR, "2025-01-14") == [("given_on", "too-early")]
    assert refused(MINOR, "2026-03-03", "2025-01") == [("given_on", "in-the-future"), ("text_version", "changed")]
    assert refused(None, "2026-03-02") == [("birth_date", "required")]
    for other in ("2008-03-02", "2010-03-03"):
        assert refused(other, "2026-03-02") == [("birth_date", "not-a-minor")]
    consent = heard(MINOR, "2026-03-02")
    later = now + timedelta(days=1)
    assert consent.revoke("manager-2", later)
    assert (consent.revoked_by, consent.revoked_at, consent.updated_at) == ("manager-2", later, later)
    assert not consent.revoke("manager-3", later + timedelta(days=1))
    assert (consent.revoked_by, consent.revoked_at) == ("manager-2", later)
