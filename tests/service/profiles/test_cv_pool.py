"""The pool of CVs: found without a name, asked before being told, every reading traced, out at once."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.profiles.consumers import subscriptions
from services.profiles.domain import pool as rules
from services.profiles.queries import pool
from services.profiles.store import POOL_CONTACTS, POOL_READINGS
from shared.clock import HandClock
from shared.contracts.topics import COMPANIES
from shared.geo import STEPS_KM, step_of
from tests.service.notifications import builders
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack

NAMED = ("Nadia", "Lemoine", "nadia@example.org", "612345678", "Tilleuls", "1989", "23096", "Guéret", "famille Lemoine")
GIVEN = {"text_version": rules.TEXT_VERSION}


class Fair:
    """Employers, and people who may be found."""

    def __init__(self, running: Running, stack: Stack) -> None:
        self.running, self.client, self.stack = running, running.client, stack
        self.boss = stack.token("employer", subject="boss")
        self.rival = stack.token("employer", subject="rival")
        self.counsellor = stack.token("counsellor", subject="counsellor-1")

    async def begin(self) -> None:
        await self.running.store.collection("companies").insert_many(
            [
                {"_id": "company-1", "version": 1, "user_ids": ["boss"], "approved": True},
                {"_id": "company-2", "version": 1, "user_ids": ["rival"], "approved": True},
                {"_id": "company-3", "version": 1, "user_ids": ["boss"], "approved": False},
            ]
        )

    def share(self, **amounts: int) -> None:
        """What a day gives from now on."""
        state = self.running.app.state
        settings = state.context.settings.model_copy(update={f"pool_{name}_a_day": n for name, n in amounts.items()})
        state.context = replace(state.context, settings=settings)

    async def person(self, number: int, *, enters: bool = True, **changes: Any) -> tuple[str, dict[str, str]]:
        who = self.stack.token("seeker", subject=f"seeker-{number}")
        made = await self.client.post("/v1/profiles", json=a_body(**changes), headers=who)
        where = made.headers["location"]
        if enters:
            assert (await self.client.put(f"{where}/cv/pool", json=GIVEN, headers=who)).status_code == 200
        return where, who

    async def search(self, who: dict[str, str] | None = None, **asked: Any) -> Any:
        params = {"company_id": "company-1", "occupation": "K1304"} | asked
        return await self.client.get("/v1/cv-pool", params=params, headers=who or self.boss)

    async def found(self, **asked: Any) -> list[Any]:
        answer = await self.search(**asked)
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items

    async def ask(self, pseudonym: str, company: str = "company-1", who: dict[str, str] | None = None) -> Any:
        body = {"company_id": company, "message": "Une aide à domicile à Guéret, 24 h."}
        return await self.client.post(f"/v1/cv-pool/{pseudonym}/contacts", json=body, headers=who or self.boss)

    async def asked(self, contact: str, who: dict[str, str] | None = None) -> Any:
        return await self.client.get(f"/v1/cv-pool/contacts/{contact}", headers=who or self.boss)


@pytest.fixture
async def fair(profiles: Running, stack: Stack) -> Fair:
    fair = Fair(profiles, stack)
    await fair.begin()
    return fair


async def test_only_who_agreed_is_found_and_nothing_names_them(fair: Fair) -> None:
    await fair.person(1, enters=False)
    where, who = await fair.person(
        2, skills=["budget", "garde de la famille Lemoine"], licences=["B"], statuses={"rsa_recipient": True}, sex="female",
        cv={"presentation": "Nadia Lemoine, 06 12 34 56 78"},
    )  # fmt: skip
    answer = await fair.search(commune="23096")
    [card] = answer.json()["items"]
    assert [
        named for named in (*NAMED, where.rsplit("/", 1)[-1], "seeker-2", "rsa", "female") if named in answer.text
    ] == []
    assert (card["occupations"], card["skills"], card["within_km"]) == (
        [{"code": "K1304", "label": "Aide ménager(ère)", "months": 24}], ["Suivre un budget et rendre compte"], 5,
    )  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    guessed = await fair.search(skill=["budget", "garde de la famille Lemoine"])
    assert (guessed.status_code, guessed.json()["errors"][0]["field"]) == (422, "query.skill.1")
    own = (await fair.client.get(f"{where}/cv/pool", headers=who)).json()
    assert (own["in_pool"], own["card"]["pseudonym"]) == (True, card["pseudonym"])
    read = (await fair.client.get(f"{where}/cv/pool/readings", headers=who)).json()["items"]
    assert [(one["company_id"], one["reader_id"], one["times"]) for one in read] == [("company-1", "boss", 1)]


async def test_people_are_found_by_what_they_can_where_and_when(fair: Fair) -> None:
    far = {"place": {"commune_code": "23008"}, "skills": ["budget"]}
    await fair.person(1, **far, availability={"from_date": "2026-09-01"})
    await fair.person(2, occupations=[{"code": "F1703"}])
    await fair.person(3, active=False)
    assert len(await fair.found()) == 1
    assert await fair.found(skill=["budget", "vente"]) == []
    assert len(await fair.found(skill=["budget"])) == 1
    assert len(await fair.found(occupation=["K1304", "F1703"])) == 2
    [card] = await fair.found(commune="23096", within_km=50)
    assert card["within_km"] in STEPS_KM
    assert await fair.found(commune="23096", within_km=5) == []
    assert await fair.found(available_by="2026-08-31") == []
    assert len(await fair.found(available_by="2026-09-01")) == 1
    first = await fair.search(occupation=["K1304", "F1703"], limit=1)
    following = first.json()["next_cursor"]
    second = await fair.search(occupation=["K1304", "F1703"], limit=1, cursor=following)
    both = {page.json()["items"][0]["pseudonym"] for page in (first, second)}
    assert (len(both), second.json()["next_cursor"]) == (2, None)


async def test_neither_a_pseudonym_nor_its_place_in_a_list_tells_when_somebody_came(fair: Fair) -> None:
    for n in range(6):
        await fair.person(n)
    names = [card["pseudonym"] for card in await fair.found()]
    assert {UUID(name).version for name in names} == {4}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"within_km": 7, "commune": "23096"}, "query.within_km"),
        ({"within_km": 5}, "query.within_km"),
        ({"commune": "99999"}, "query.commune"),
        ({"occupation": "x"}, "query.occupation.0"),
        ({"available_by": "demain"}, "query.available_by"),
    ],
)
async def test_what_cannot_be_asked_names_its_field(fair: Fair, asked: dict[str, Any], field: str) -> None:
    answer = await fair.search(**asked)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    if "within_km" in asked:
        # Who gave a commune is not told that one is missing.
        assert ("commune" in answer.json()["detail"]) == ("commune" not in asked)


async def test_who_it_is_is_told_after_their_yes_to_that_employer_alone(fair: Fair) -> None:
    where, who = await fair.person(1)
    [card] = await fair.found()
    asked = await fair.ask(card["pseudonym"])
    assert (asked.status_code, asked.json()["state"], asked.json()["person"]) == (201, "pending", None)
    again, other = await asyncio.gather(
        fair.ask(card["pseudonym"]), fair.ask(card["pseudonym"], "company-2", fair.rival)
    )
    assert again.json()["id"] == asked.json()["id"] != other.json()["id"]
    contact = asked.json()["id"]
    assert (await fair.asked(contact)).json()["person"] is None
    seen = (await fair.client.get(f"{where}/cv/pool/contacts", headers=who)).json()["items"]
    assert {(one["company_id"], one["state"]) for one in seen} == {("company-1", "pending"), ("company-2", "pending")}

    yes = await fair.client.put(
        f"{where}/cv/pool/contacts/{contact}", json={"accept": True, "contacts": ["phone"]}, headers=who
    )
    assert (yes.status_code, yes.json()["state"]) == (200, "accepted")
    notices = [json.loads(row["data"]) for row in await outbox(fair.running, "profiles.notices.v1")]
    assert [(one["template"], one["recipients"], one["params"]) for one in notices] == [
        ("pool_contact", [where.rsplit("/", 1)[-1]], {"side": "person", "contact_id": contact}),
        ("pool_contact", [where.rsplit("/", 1)[-1]], {"side": "person", "contact_id": other.json()["id"]}),
        ("pool_contact", ["boss"], {"side": "employer", "accepted": "yes", "contact_id": contact}),
    ]
    told = (await fair.asked(contact)).json()
    assert (told["person"]["first_name"], told["person"]["phone"], told["person"]["email"]) == (
        "Nadia",
        "+33612345678",
        None,
    )
    assert (await fair.asked(other.json()["id"], fair.rival)).json()["person"] is None
    for contact_id, stranger in ((contact, fair.rival), (other.json()["id"], fair.boss), (contact, who)):
        assert (await fair.asked(contact_id, stranger)).json()["code"] == "pool-unknown"

    no = await fair.client.put(f"{where}/cv/pool/contacts/{contact}", json={"accept": False}, headers=who)
    assert (no.json()["state"], no.json()["contacts"]) == ("refused", [])
    assert (await fair.asked(contact)).json()["person"] is None


async def test_an_answer_is_told_to_who_acts_for_the_employer_now_and_only_so_often(fair: Fair) -> None:
    """Who asked and was removed since learns nothing more; nor is anybody written to by a yes and a no in turns."""
    where, who = await fair.person(1)
    [card] = await fair.found()
    contact = (await fair.ask(card["pseudonym"])).json()["id"]
    companies = fair.running.store.collection("companies")

    async def says(accept: bool) -> tuple[int, list[list[str]]]:
        before = len(await outbox(fair.running, "profiles.notices.v1"))
        said = await fair.client.put(f"{where}/cv/pool/contacts/{contact}", json={"accept": accept}, headers=who)
        told = (await outbox(fair.running, "profiles.notices.v1"))[before:]
        return said.status_code, [json.loads(row["data"])["recipients"] for row in told]

    assert await says(True) == (200, [["boss"]])
    await companies.update_one({"_id": "company-1"}, {"$set": {"user_ids": ["nadia", "paul"]}})
    assert await says(False) == (200, [["nadia", "paul"]])
    await companies.update_one({"_id": "company-1"}, {"$set": {"approved": False}})
    assert await says(True) == (200, [])
    for _ in range(3):
        assert (await says(False), await says(True)) == ((200, []), (200, []))
    assert (await says(False))[0] == 200
    assert (await says(True))[0] == 429


async def test_an_employer_lists_what_it_asked_and_nobody_is_named_or_read_by_it(
    fair: Fair, clock: HandClock, stack: Stack
) -> None:
    people = [await fair.person(number) for number in range(1, 6)]
    cards = [(await fair.client.get(f"{where}/cv/pool", headers=who)).json()["card"] for where, who in people]
    asked = []
    for card in cards:
        clock.advance(timedelta(minutes=1))
        asked.append((await fair.ask(card["pseudonym"])).json()["id"])
    await fair.ask(cards[0]["pseudonym"], "company-2", fair.rival)
    for number, accept in ((3, True), (4, False)):
        where, who = people[number]
        said = {"accept": accept, "contacts": ["phone"] if accept else []}
        await fair.client.put(f"{where}/cv/pool/contacts/{asked[number]}", json=said, headers=who)
    colleague = stack.token("employer", subject="colleague")
    companies = fair.running.store.collection("companies")
    await companies.update_one({"_id": "company-1"}, {"$set": {"user_ids": ["boss", "colleague"]}})

    async def listed(who: dict[str, str] | None = None, company: str = "company-1", **more: Any) -> Any:
        params = {"company_id": company} | more
        return await fair.client.get("/v1/cv-pool/contacts", params=params, headers=who or fair.boss)

    async def ids(**more: Any) -> list[str]:
        answer = await listed(**more)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
        return [one["id"] for one in answer.json()["items"]]

    # By any of its users, the newest first, page by page, by what became of them.
    assert await ids(who=colleague) == await ids() == asked[::-1]
    first = (await listed(limit=3)).json()
    assert [one["id"] for one in first["items"]] == asked[:1:-1]
    assert await ids(limit=3, cursor=first["next_cursor"]) == asked[1::-1]
    assert (await ids(state="accepted"), await ids(state="refused")) == ([asked[3]], [asked[4]])
    assert await ids(state="pending") == asked[2::-1]
    text = (await listed()).text
    assert [named for named in (*NAMED, "seeker-") if named in text.replace("aide à domicile à Guéret", "")] == []
    assert await fair.running.store.collection(POOL_READINGS).count_documents({}) == 0

    # Whom nobody finds at the moment, and who left, is not there, and leaves no gap in a page.
    await fair.client.patch(people[4][0], json={"active": False}, headers=people[4][1] | {"If-Match": "*"})
    await fair.client.delete(f"{people[2][0]}/cv/pool", headers=people[2][1])
    await fair.client.put(f"{people[2][0]}/cv/pool", json=GIVEN, headers=people[2][1])
    assert await ids(limit=3) == [asked[3], asked[1], asked[0]]
    assert (await listed(limit=3)).json()["next_cursor"] is None

    # Strangers, and who was one of its users, read what they read of an employer that there is not; so with another's cursor.
    nothing = await listed(company="company-9")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "pool-unknown")
    await companies.update_one({"_id": "company-1"}, {"$set": {"user_ids": ["boss"]}})
    manager, seeker = stack.token("manager", subject="boss"), people[0][1]
    for who in (fair.rival, colleague, manager, fair.counsellor, seeker):
        for more in ({}, {"limit": 3, "cursor": first["next_cursor"]}):
            answer = await listed(who, **more)
            assert (answer.status_code, answer.json()["detail"]) == (404, nothing.json()["detail"])
    assert (await listed(fair.rival, "company-2", cursor=first["next_cursor"])).status_code == 422
    await companies.update_one({"_id": "company-1"}, {"$set": {"approved": False}})
    assert (await listed()).status_code == 404


async def test_since_when_somebody_is_free_is_nobodys_to_find_out(fair: Fair, clock: HandClock) -> None:
    """Their card says that they are; who asks for ever earlier days found the day on which it began."""
    await fair.person(1, availability={"from_date": "2026-01-15"})
    await fair.person(2)
    assert [card["available_from"] for card in await fair.found()] == [None, None]
    for day in ("2026-01-14", "2026-01-15", "2020-01-01", f"{clock.now():%Y-%m-%d}", "2026-12-31"):
        assert len(await fair.found(available_by=day)) == 2


async def test_out_at_once_and_back_as_somebody_else(fair: Fair) -> None:
    where, who = await fair.person(1)
    [card] = await fair.found()
    contact = (await fair.ask(card["pseudonym"])).json()["id"]
    await fair.client.put(f"{where}/cv/pool/contacts/{contact}", json={"accept": True}, headers=who)
    assert (await fair.client.delete(f"{where}/cv/pool", headers=who)).status_code == 204
    assert await fair.found() == []
    assert (await fair.asked(contact)).status_code == 404
    assert (await fair.ask(card["pseudonym"])).status_code == 404
    assert (await fair.client.get(f"{where}/cv/pool", headers=who)).json()["card"] is None
    # What was read stays known to the person.
    assert (await fair.client.get(f"{where}/cv/pool/readings", headers=who)).json()["items"]
    assert (await fair.client.delete(f"{where}/cv/pool", headers=who)).status_code == 204
    await fair.client.put(f"{where}/cv/pool", json=GIVEN, headers=who)
    [new] = await fair.found()
    assert new["pseudonym"] != card["pseudonym"]
    assert (await fair.asked(contact)).status_code == 404


async def test_only_who_recruits_for_a_vetted_employer_looks(fair: Fair, stack: Stack) -> None:
    await fair.person(1)
    for who, company in (
        (fair.boss, "company-2"), (fair.boss, "company-3"), (fair.rival, "company-1"), (fair.counsellor, "company-1"),
        (stack.token("manager", subject="boss"), "company-1"),
        (stack.token("employer", subject="x", organisation="company-1"), "company-1"),
    ):  # fmt: skip
        answer = await fair.search(who, company_id=company)
        assert (answer.status_code, answer.json()["code"]) == (404, "pool-unknown")
    assert await fair.running.store.collection(POOL_READINGS).count_documents({}) == 0


async def test_a_day_has_its_share(fair: Fair, clock: HandClock) -> None:
    fair.share(account_searches=2, account_questions=1)
    for number in (1, 2):
        await fair.person(number)
    one, other = await fair.found()
    assert (await fair.ask(one["pseudonym"])).status_code == 201
    refused = await fair.ask(other["pseudonym"])
    assert (refused.status_code, refused.json()["code"]) == (429, "pool-limit")
    await fair.found()
    assert (await fair.search()).status_code == 429
    clock.advance(timedelta(days=1, minutes=1))
    assert len(await fair.found()) == 2
    assert (await fair.ask(other["pseudonym"])).status_code == 201
    fair.share(account_people=1)
    assert (await fair.search()).status_code == 429


async def test_the_share_of_a_day_holds_for_many_at_once_and_for_who_leaves_and_comes_back(fair: Fair) -> None:
    fair.share(account_questions=2)
    people = [await fair.person(number) for number in range(1, 7)]
    answers = await asyncio.gather(*(fair.ask(one["pseudonym"]) for one in await fair.found()))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429, 429, 429]
    for where, who in people:
        await fair.client.delete(f"{where}/cv/pool", headers=who)
        assert (await fair.client.put(f"{where}/cv/pool", json=GIVEN, headers=who)).status_code == 200
    assert await fair.running.store.collection(POOL_CONTACTS).count_documents({}) == 0
    assert [(await fair.ask(one["pseudonym"])).status_code for one in await fair.found()] == [429] * 6


async def test_an_employer_with_many_accounts_has_one_share_also_when_they_come_at_once(fair: Fair) -> None:
    codes = ("K1304", "F1703", "D1106")
    for number, code in enumerate(codes):
        await fair.person(number, occupations=[{"code": code}])
    colleagues = [fair.stack.token("employer", subject=f"colleague-{code}") for code in codes]
    users = ["boss", *(f"colleague-{code}" for code in codes)]
    await fair.running.store.collection("companies").update_one({"_id": "company-1"}, {"$set": {"user_ids": users}})
    fair.share(company_people=2, company_questions=1)
    at_once = await asyncio.gather(
        *(fair.search(who, occupation=code) for who, code in zip(colleagues, codes, strict=True))
    )
    assert sorted(answer.status_code for answer in at_once) == [200, 200, 429]
    read = await fair.running.store.collection(POOL_READINGS).distinct("profile_id")
    assert len(read) == 2
    seen = [answer.json()["items"][0]["pseudonym"] for answer in at_once if answer.status_code == 200]
    assert [(await fair.ask(one, who=who)).status_code for one, who in zip(seen, colleagues, strict=False)] == [
        201,
        429,
    ]
    # Whom a colleague was shown is nobody new; another employer has a day of its own.
    again = [await fair.search(occupation=code) for code in codes]
    assert sorted(answer.status_code for answer in again) == [200, 200, 429]
    assert len(await fair.found(who=fair.rival, company_id="company-2", occupation=list(codes[:2]))) == 2
    fair.share(company_searches=1)
    assert (await fair.search(fair.boss)).status_code == 429


@pytest.mark.parametrize("first", [True, False])
async def test_who_goes_while_an_answer_is_made_is_not_in_it_and_an_erasure_leaves_no_trace(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    where, who = await fair.person(1)
    await fair.person(2)
    if not first:
        assert len(await fair.found()) == 2
    looked = pool.read_before

    async def overtaken(*given: Any) -> pool.Read:
        answer = await looked(*given)
        await fair.client.delete(where, headers=who)
        return answer

    monkeypatch.setattr(pool, "read_before", overtaken)
    assert len(await fair.found()) == 1
    gone = where.rsplit("/", 1)[-1]
    rows = [row["profile_id"] async for row in fair.running.store.collection(POOL_READINGS).find()]
    assert (len(rows), gone in rows) == (1, False)


@pytest.mark.parametrize("way", ["", "/cv/pool"], ids=["erased", "out"])
async def test_who_goes_while_somebody_asks_was_not_asked(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    where, who = await fair.person(1)
    [card] = await fair.found()
    found = pool.in_pool

    async def overtaken(*given: Any) -> Any:
        profile = await found(*given)
        await fair.client.delete(f"{where}{way}", headers=who)
        return profile

    monkeypatch.setattr(pool, "in_pool", overtaken)
    assert (await fair.ask(card["pseudonym"])).status_code == 404
    assert await fair.running.store.collection(POOL_CONTACTS).count_documents({}) == 0


async def test_a_counsellor_says_how_they_heard_it_and_the_text_must_be_the_present_one(fair: Fair) -> None:
    where, _ = await fair.person(1, enters=False)
    path = f"{where}/cv/pool"
    silent = await fair.client.put(path, json=GIVEN, headers=fair.counsellor)
    assert [(one["field"], one["rule"]) for one in silent.json()["errors"]] == [("heard", "required")]
    old = await fair.client.put(path, json={"text_version": "2025-01", "heard": "by_phone"}, headers=fair.counsellor)
    assert old.json()["errors"][0]["field"] == "text_version"
    given = await fair.client.put(path, json=GIVEN | {"heard": "by_phone"}, headers=fair.counsellor)
    assert (given.json()["acted_by"], given.json()["heard"]) == ("counsellor-1", "by_phone")


async def test_an_erasure_leaves_nothing_in_the_pool(fair: Fair) -> None:
    where, who = await fair.person(1)
    [card] = await fair.found()
    contact = (await fair.ask(card["pseudonym"])).json()["id"]
    assert (await fair.client.delete(where, headers=who)).status_code == 204
    assert await fair.found() == []
    assert (await fair.asked(contact)).status_code == 404
    for name in (POOL_CONTACTS, POOL_READINGS):
        assert await fair.running.store.collection(name).count_documents({}) == 0


def test_distances_are_told_in_steps() -> None:
    assert [step_of(km) for km in (0, 5, 5.1, 99, 101)] == [5, 5, 10, 100, None]


async def test_an_employer_who_was_a_person_and_was_erased_leaves_no_word_of_theirs(fair: Fair) -> None:
    where, who = await fair.person(1)
    [card] = await fair.found()
    await fair.ask(card["pseudonym"])
    await fair.ask(card["pseudonym"], "company-2", fair.rival)
    handlers = {one.topic.name: one.handler for one in subscriptions(fair.running.app.state.context)}
    gone = builders.event(COMPANIES, "company-updated", "company-1", None, sequence=9)
    await handlers[COMPANIES.name]([gone])
    seen = (await fair.client.get(f"{where}/cv/pool/contacts", headers=who)).json()["items"]
    assert [one["company_id"] for one in seen] == ["company-2"]
    assert (await fair.search()).status_code == 404


async def test_who_is_in_already_or_out_already_changes_nothing(fair: Fair) -> None:
    where, who = await fair.person(1)
    profiles = fair.running.store.collection("profiles")
    for method, body in (("put", GIVEN), ("delete", None)):
        stands = []
        for _ in range(2):
            answer = await fair.client.request(method, f"{where}/cv/pool", json=body, headers=who)
            assert answer.is_success, answer.text
            stands.append(await profiles.find_one({}))
        assert stands[0] == stands[1]
