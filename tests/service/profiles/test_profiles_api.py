"""Profiles over HTTP, on a real MongoDB."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.profiles.api import examples
from services.profiles.domain.profile import Profile
from shared.clock import HandClock
from shared.store import decode
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack


@pytest.fixture
def seeker(stack: Stack) -> dict[str, str]:
    return stack.token("seeker", subject="seeker-1")


@pytest.fixture
def counsellor(stack: Stack) -> dict[str, str]:
    return stack.token("counsellor", subject="counsellor-1")


@pytest.fixture
def manager(stack: Stack) -> dict[str, str]:
    return stack.token("manager", subject="manager-1")


async def create(running: Running, who: dict[str, str], **changes: Any) -> dict[str, Any]:
    answer = await running.client.post("/v1/profiles", json=a_body(**changes), headers=who)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused_fields(answer: Any) -> list[tuple[str, str]]:
    assert answer.headers["content-type"] == "application/problem+json"
    return [(error["field"], error["rule"]) for error in answer.json()["errors"]]


async def test_a_seeker_registers_reads_and_changes_their_own_profile(
    profiles: Running, seeker: dict[str, str]
) -> None:
    created = await profiles.client.post("/v1/profiles", json=a_body(), headers=seeker)
    assert created.status_code == 201
    body = created.json()
    assert (body["owner_id"], body["territory"], body["phone"]) == ("seeker-1", "23", "+33612345678")
    assert body["place"]["commune_name"] == "Guéret"
    assert created.headers["location"] == f"/v1/profiles/{body['id']}"
    assert created.headers["etag"] == '"1"'

    mine = await profiles.client.get("/v1/profiles/me", headers=seeker)
    assert mine.json() == body == (await profiles.client.get(created.headers["location"], headers=seeker)).json()

    changed = await profiles.client.patch(
        created.headers["location"],
        json={"availability": {"weekend": False}, "vehicle": True},
        headers=seeker | {"If-Match": '"1"'},
    )
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["availability"]["weekend"] is False
    assert changed.json()["availability"]["early"] is True
    assert changed.json()["occupations"] == body["occupations"]


async def test_an_occupation_that_the_referential_lacks_is_taken_and_told(
    profiles: Running, counsellor: dict[str, str]
) -> None:
    wishes = [{"code": "K1302"}, {"code": "K9999"}, {"code": "J1301", "sought": False}, {"code": "M9998"}]
    body = await create(profiles, counsellor, occupations=wishes)
    assert [one["code"] for one in body["occupations"]] == [one["code"] for one in wishes]
    told = [(one["field"], one["rule"]) for one in body["warnings"]]
    assert told == [("occupations.1.code", "occupation-unknown"), ("occupations.3.code", "occupation-unknown")]
    assert "K9999" not in str(body["warnings"]), "no sentence repeats what was sent"
    path = f"/v1/profiles/{body['id']}"
    assert (await profiles.client.get(path, headers=counsellor)).json()["warnings"] == body["warnings"]
    mended = await profiles.client.patch(
        path, json={"occupations": [{"code": "K1302"}]}, headers=counsellor | {"If-Match": '"1"'}
    )
    assert mended.json()["warnings"] == []


async def test_what_goes_out_is_one_event_per_topic_with_the_right_key_and_sequence(
    profiles: Running, counsellor: dict[str, str]
) -> None:
    body = await create(profiles, counsellor, statuses={"rsa_recipient": True}, email=None)
    rows = await outbox(profiles)
    assert [(row["topic"], row["type"], row["key"], row["sequence"]) for row in rows] == [
        ("profiles.profiles.v1", "profile-created.v1", body["id"], 1),
        ("profiles.contacts.v1", "contact-updated.v1", body["id"], 1),
        ("profiles.registrations.v1", "seeker-registered.v1", body["id"], 1),
    ]
    state, contact, registered = (json.loads(row["data"]) for row in rows)
    assert state["point"] == {"lat": 46.17, "lon": 1.87}
    assert state["counsellor_ids"] == ["counsellor-1"]
    assert b"Lemoine" not in rows[0]["data"] + rows[2]["data"]
    assert (contact["first_name"], contact["channels"], contact["phone"]) == ("Nadia", ["counsellor"], "+33612345678")
    assert registered["onboarding_workshop"] is True


async def test_a_counsellor_acts_for_somebody_and_the_journal_says_so(
    profiles: Running, seeker: dict[str, str], counsellor: dict[str, str], clock: HandClock
) -> None:
    body = await create(profiles, counsellor, email=None)
    assert (body["owner_id"], body["counsellor_ids"]) == (None, ["counsellor-1"])
    clock.advance(timedelta(days=1))
    where = f"/v1/profiles/{body['id']}"
    invited = await profiles.client.post(f"{where}/account", json={"owner_id": "seeker-1"}, headers=counsellor)
    link = invited.json()["link"]
    accepted = await profiles.client.post(f"{link[link.index('/v1/') :]}/acceptance", headers=seeker)
    assert accepted.json()["owner_id"] == "seeker-1"
    own = await profiles.client.patch(where, json={"vehicle": True}, headers=seeker | {"If-Match": "*"})
    assert own.status_code == 200

    first = (await profiles.client.get(f"{where}/journal?limit=3", headers=seeker)).json()
    rest = (
        await profiles.client.get(f"{where}/journal?limit=3&cursor={first['next_cursor']}", headers=counsellor)
    ).json()
    lines = first["items"] + rest["items"]
    assert rest["next_cursor"] is None
    assert [(line["action"], line["acted_by"], line["on_behalf_of"], line["fields"]) for line in lines] == [
        ("updated", "seeker-1", None, ["vehicle"]),
        ("account_linked", "seeker-1", None, ["owner_id"]),
        ("account_invited", "counsellor-1", body["id"], ["owner_id"]),
        ("created", "counsellor-1", body["id"], []),
    ]


async def test_strangers_learn_nothing(profiles: Running, stack: Stack, counsellor: dict[str, str]) -> None:
    body = await create(profiles, counsellor)
    where = f"/v1/profiles/{body['id']}"
    strangers = [
        stack.token("seeker", subject="seeker-2"),
        stack.token("employer", subject="employer-1"),
        stack.token("counsellor", subject="counsellor-2"),
        stack.token("counsellor", subject="counsellor-1", territories=["87"]),
        stack.token("manager", subject="manager-2", territories=["87"]),
        stack.token("operator", subject="operator-1"),
        stack.token("facilitator", subject="facilitator-1"),
        stack.token("partner", subject="counsellor-1"),
    ]
    for stranger in strangers:
        for method, path, sent in (
            ("GET", where, None),
            ("GET", f"{where}/journal", None),
            ("PATCH", where, {"vehicle": True}),
            ("POST", f"{where}/counsellors", {"action": "assign"}),
            ("POST", f"{where}/account", {"owner_id": "seeker-2"}),
            ("DELETE", where, None),
        ):
            answer = await profiles.client.request(method, path, json=sent, headers=stranger | {"If-Match": "*"})
            assert answer.status_code == 404, (method, path, stranger)
            assert answer.json()["code"] == "profile-unknown"
    assert (await profiles.client.get(where)).status_code == 401
    assert (await profiles.client.get(where, headers=counsellor)).json() == body


async def test_an_account_has_one_profile(
    profiles: Running, seeker: dict[str, str], counsellor: dict[str, str]
) -> None:
    body = await create(profiles, seeker)
    again = await profiles.client.post("/v1/profiles", json=a_body(), headers=seeker)
    assert (again.status_code, again.json()["code"]) == (409, "profile-exists")
    assert again.json()["profile_id"] == body["id"]
    named = await profiles.client.post("/v1/profiles", json=a_body(owner_id="seeker-2"), headers=counsellor)
    assert (named.status_code, named.json()["errors"][0]["rule"]) == (422, "extra-forbidden")


async def test_two_registrations_at_once_make_one_profile(profiles: Running, seeker: dict[str, str]) -> None:
    answers = await asyncio.gather(
        *(profiles.client.post("/v1/profiles", json=a_body(), headers=seeker) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert await profiles.store.collection("profiles").count_documents({}) == 1
    assert len(await outbox(profiles, "profiles.profiles.v1")) == 1


async def test_a_repeated_post_with_the_same_key_has_its_effect_once(
    profiles: Running, counsellor: dict[str, str]
) -> None:
    keyed = counsellor | {"Idempotency-Key": "form-1"}
    first = await profiles.client.post("/v1/profiles", json=a_body(), headers=keyed)
    second = await profiles.client.post("/v1/profiles", json=a_body(), headers=keyed)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"first_name": "  "}, "first_name", "blank"),
        ({"birth_year": 1850}, "birth_year", "implausible-birth-year"),
        ({"email": "nobody"}, "email", "email"),
        ({"phone": "0612"}, "phone", "implausible-phone"),
        ({"place": {"commune_code": "23999"}}, "place.commune_code", "unknown-commune"),
        ({"place": {"lat": 1.87, "lon": 46.17}}, "place.lat", "swapped"),
        ({"occupations": [{"code": "K13"}]}, "occupations.0.code", "string-pattern-mismatch"),
        ({"occupations": [{"code": "K1304"}, {"code": "K1304"}]}, "occupations.1.code", "duplicate"),
        ({"occupations": [{"code": "K1304", "months": 3}]}, "occupations.0.months", "extra-forbidden"),
        ({"travel": [{"means": "car", "range_km": 0}]}, "travel.0.range_km", "greater-than"),
        ({"travel": [{"means": "helicopter", "range_km": 9}]}, "travel.0.means", "enum"),
        ({"availability": {"weekly_hours_min": 70}}, "availability.weekly_hours_min", "less-than-equal"),
        ({"availability": {"week_end": False}}, "availability.week_end", "extra-forbidden"),
        ({"territory": "99"}, "territory", "string-pattern-mismatch"),
        ({"surname": "x"}, "surname", "extra-forbidden"),
    ],
)
async def test_every_refusal_names_the_field(
    profiles: Running, seeker: dict[str, str], changes: dict[str, Any], field: str, rule: str
) -> None:
    answer = await profiles.client.post("/v1/profiles", json=a_body(**changes), headers=seeker)
    assert answer.status_code == 422
    assert refused_fields(answer) == [(field, rule)]


async def test_a_seeker_does_not_decide_what_staff_establishes(profiles: Running, seeker: dict[str, str]) -> None:
    for changes in ({"reserved_eligible": ["clause"]}, {"counsellor_ids": ["c"]}):
        answer = await profiles.client.post("/v1/profiles", json=a_body(**changes), headers=seeker)
        assert answer.status_code == 403
        assert refused_fields(answer) == [(next(iter(changes)), "staff-only")]
    body = await create(profiles, seeker)
    where = f"/v1/profiles/{body['id']}"
    own = seeker | {"If-Match": "*"}
    assert (await profiles.client.patch(where, json={"reserved_eligible": ["iae"]}, headers=own)).status_code == 403
    assert (await profiles.client.post(f"{where}/counsellors", json={}, headers=seeker)).status_code == 403


@pytest.mark.parametrize(
    ("territories", "given", "status", "territory"),
    [
        (("23",), None, 201, "23"),
        ((), "87", 201, "87"),
        ((), None, 422, None),
        (("23", "87"), None, 422, None),
        (("23", "87"), "87", 201, "87"),
        (("23",), "87", 403, None),
    ],
)
async def test_the_territory_comes_from_the_token_or_the_body(
    profiles: Running,
    stack: Stack,
    territories: tuple[str, ...],
    given: str | None,
    status: int,
    territory: str | None,
) -> None:
    who = stack.token("seeker", subject="seeker-5", territories=territories)
    answer = await profiles.client.post("/v1/profiles", json=a_body(territory=given), headers=who)
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["territory"] == territory
    if status == 422:
        assert refused_fields(answer) == [("territory", "required")]


async def test_no_update_is_lost(profiles: Running, seeker: dict[str, str]) -> None:
    body = await create(profiles, seeker)
    where = f"/v1/profiles/{body['id']}"
    assert (await profiles.client.patch(where, json={"vehicle": True}, headers=seeker)).status_code == 428
    tagged = seeker | {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(profiles.client.patch(where, json={"birth_year": 1980 + n}, headers=tagged) for n in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    stale = await profiles.client.patch(where, json={"vehicle": True}, headers=tagged)
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)


async def test_null_clears_what_may_be_absent_and_nothing_else(profiles: Running, seeker: dict[str, str]) -> None:
    body = await create(profiles, seeker)
    where = f"/v1/profiles/{body['id']}"
    own = seeker | {"If-Match": "*"}
    cleared = await profiles.client.patch(where, json={"place": None, "email": None}, headers=own)
    assert (cleared.json()["place"], cleared.json()["email"]) == (None, None)
    refused = await profiles.client.patch(where, json={"first_name": None, "travel": None}, headers=own)
    assert refused.status_code == 422
    assert {field for field, _ in refused_fields(refused)} == {"first_name", "travel"}


async def test_the_caseload_is_listed_by_name_page_by_page(
    profiles: Running, stack: Stack, counsellor: dict[str, str], manager: dict[str, str], seeker: dict[str, str]
) -> None:
    for name in ("Élan", "Dubois", "Aubert", "Dubois"):
        await create(profiles, counsellor, last_name=name)
    other = stack.token("counsellor", subject="counsellor-2")
    await create(profiles, other, last_name="Zola", statuses={"rsa_recipient": True})
    await create(profiles, seeker, last_name="Seul")

    async def names(who: dict[str, str], query: str = "") -> list[str]:
        seen: list[str] = []
        cursor = ""
        while True:
            answer = await profiles.client.get(f"/v1/profiles?limit=2{query}{cursor}", headers=who)
            assert answer.status_code == 200, answer.text
            seen += [item["last_name"] for item in answer.json()["items"]]
            if answer.json()["next_cursor"] is None:
                return seen
            cursor = f"&cursor={answer.json()['next_cursor']}"

    assert await names(counsellor) == ["Aubert", "Dubois", "Dubois", "Élan"]
    assert await names(manager) == ["Aubert", "Dubois", "Dubois", "Élan", "Seul", "Zola"]
    assert await names(counsellor, "&unassigned=true") == ["Seul"]
    assert await names(counsellor, "&q=ELA") == ["Élan"]
    assert await names(manager, "&q=nad zo") == ["Zola"]
    assert await names(manager, "&counsellor=counsellor-2") == ["Zola"]
    assert await names(manager, "&rsa_recipient=true&active=true&commune_code=23096&occupation=K1304") == ["Zola"]
    assert await names(manager, "&q=.*") == []
    assert await names(stack.token("manager", subject="m", territories=["87"])) == []
    colleague = await profiles.client.get("/v1/profiles?counsellor=counsellor-2", headers=counsellor)
    assert colleague.status_code == 403
    assert (await profiles.client.get("/v1/profiles?territory=87", headers=manager)).status_code == 403
    assert (await profiles.client.get("/v1/profiles", headers=seeker)).status_code == 403
    wrong = await profiles.client.get("/v1/profiles?cursor=WyJhIl0", headers=manager)
    assert (wrong.status_code, refused_fields(wrong)) == (422, [("query.cursor", "cursor")])


async def test_a_caseload_is_handed_over(profiles: Running, stack: Stack, counsellor: dict[str, str]) -> None:
    body = await create(profiles, counsellor)
    where = f"/v1/profiles/{body['id']}"
    other = stack.token("counsellor", subject="counsellor-2")
    change = {"action": "assign", "counsellor_id": "counsellor-2"}
    assert (await profiles.client.post(f"{where}/counsellors", json=change, headers=counsellor)).status_code == 200
    twice = await profiles.client.post(f"{where}/counsellors", json=change, headers=counsellor)
    assert (twice.status_code, twice.json()["code"]) == (409, "already-assigned")
    left = await profiles.client.post(
        f"{where}/counsellors", json={"action": "remove", "counsellor_id": "counsellor-1"}, headers=other
    )
    assert left.json()["counsellor_ids"] == ["counsellor-2"]
    assert (await profiles.client.get(where, headers=counsellor)).status_code == 404
    states = [json.loads(row["data"]) for row in await outbox(profiles, "profiles.profiles.v1")]
    assert [state["counsellor_ids"] for state in states] == [
        ["counsellor-1"],
        ["counsellor-1", "counsellor-2"],
        ["counsellor-2"],
    ]


async def test_a_counsellor_erases_nobody_whom_they_do_not_accompany(
    profiles: Running, seeker: dict[str, str], counsellor: dict[str, str]
) -> None:
    """Whoever registered alone is there for every counsellor to read and take on, and for none to erase."""
    where = (await profiles.client.post("/v1/profiles", json=a_body(), headers=seeker)).headers["location"]
    assert (await profiles.client.get(where, headers=counsellor)).status_code == 200
    assert (await profiles.client.delete(where, headers=counsellor)).status_code == 403
    assert (await profiles.client.get(where, headers=seeker)).status_code == 200
    assert (await profiles.client.post(f"{where}/counsellors", json={}, headers=counsellor)).status_code == 200
    assert (await profiles.client.delete(where, headers=counsellor)).status_code == 204


async def test_an_erased_person_leaves_this_service_and_a_tombstone_on_each_topic(
    profiles: Running, stack: Stack, seeker: dict[str, str]
) -> None:
    keyed = seeker | {"Idempotency-Key": "once"}
    body = (await profiles.client.post("/v1/profiles", json=a_body(), headers=keyed)).json()
    where = f"/v1/profiles/{body['id']}"
    await profiles.client.patch(where, json={"vehicle": True}, headers=seeker | {"If-Match": "*"})
    assert (await profiles.client.delete(where, headers=seeker)).status_code == 204
    assert (await profiles.client.delete(where, headers=seeker)).status_code == 404
    assert (await profiles.client.get("/v1/profiles/me", headers=seeker)).status_code == 404

    tombstones = [row for row in await outbox(profiles) if row["data"] is None]
    assert [(row["topic"], row["key"], row["sequence"]) for row in tombstones] == [
        ("profiles.profiles.v1", body["id"], 3),
        ("profiles.contacts.v1", body["id"], 3),
    ]
    # What is on its way out is Kafka's to compact; nothing else of the database knows the person.
    await profiles.store.collection("outbox").delete_many({})
    for name in await profiles.store.database.list_collection_names():
        for document in await profiles.store.collection(name).find().to_list(None):
            for trace in ("Lemoine", "nadia", "12345678", "Tilleuls"):
                assert trace not in str(document), (name, document)
    assert await profiles.store.collection("erasures").count_documents({"_id": body["id"]}) == 1
    repeated = await profiles.client.post("/v1/profiles", json=a_body(), headers=keyed)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "already-applied")


async def test_what_is_stored_is_what_was_said(profiles: Running, counsellor: dict[str, str]) -> None:
    body = await create(profiles, counsellor, statuses={"registered_on": "2025-11-03"}, hourly_wage_floor=12.02)
    document = await profiles.store.collection("profiles").find_one({"_id": body["id"]})
    profile = Profile.restore(decode(document))
    assert "registered_on" not in str(document)
    status = await profiles.store.collection("statuses").find_one({"profile_id": body["id"]})
    assert status is not None
    assert (status["category"], status["since"], status["source"]) == ("job_seeker", "2025-11-03", "staff")
    assert profile.details.hourly_wage_floor == 12.02
    assert profile.loaded_version == profile.version == 1


@pytest.mark.parametrize("name", list(examples.CREATE))
async def test_the_documented_bodies_work(profiles: Running, counsellor: dict[str, str], name: str) -> None:
    answer = await profiles.client.post("/v1/profiles", json=examples.CREATE[name]["value"], headers=counsellor)
    assert answer.status_code == 201, answer.text
    where = answer.headers["location"]
    for example in examples.PATCH.values():
        changed = await profiles.client.patch(where, json=example["value"], headers=counsellor | {"If-Match": "*"})
        assert changed.status_code == 200, changed.text
