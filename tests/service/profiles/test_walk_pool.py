"""The pool of CVs on a random walk, held against what was said: who is found, who is asked, and who is told a name."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tests.service.profiles.test_cv_pool import GIVEN, Fair
from tests.support import Running, Stack

STEPS = 40
ADULT, MINOR = "1989-05-01", "2009-05-01"


@dataclass
class Person:
    where: str
    who: dict[str, str]
    in_pool: bool = False
    active: bool = True
    adult: bool = True
    pseudonym: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    """By employer what became of its question: asked, yes or no."""

    @property
    def found(self) -> bool:
        return self.in_pool and self.active and self.adult

    def leaves(self) -> None:
        self.in_pool, self.pseudonym, self.answers = False, None, {}


@dataclass
class Walk:
    fair: Fair
    chance: Random
    people: list[Person]
    approved: dict[str, bool] = field(default_factory=lambda: {"company-1": True, "company-2": True})
    old: set[tuple[str, str]] = field(default_factory=set)
    """Questions that ended with the agreement that they were asked under, and whose they were."""
    contacts: dict[tuple[int, str], str] = field(default_factory=dict)

    def caller(self, company: str) -> dict[str, str]:
        return self.fair.boss if company == "company-1" else self.fair.rival

    def lets_go(self, at: int) -> None:
        self.people[at].leaves()
        for company in self.approved:
            contact = self.contacts.pop((at, company), None)
            if contact is not None:
                self.old.add((contact, company))

    async def enters(self, at: int) -> None:
        person = self.people[at]
        answer = await self.fair.client.put(f"{person.where}/cv/pool", json=GIVEN, headers=person.who)
        assert answer.status_code == (200 if person.adult else 409), answer.text
        if person.adult:
            pseudonym = answer.json()["card"]["pseudonym"]
            assert person.pseudonym in (None, pseudonym), "as long as the agreement lasts"
            person.in_pool, person.pseudonym = True, pseudonym

    async def goes(self, at: int) -> None:
        person = self.people[at]
        assert (await self.fair.client.delete(f"{person.where}/cv/pool", headers=person.who)).status_code == 204
        self.lets_go(at)

    async def pauses(self, at: int) -> None:
        person = self.people[at]
        person.active = not person.active
        await self.says(person, self.fair.counsellor, {"active": person.active})

    async def ages(self, at: int) -> None:
        person = self.people[at]
        person.adult = not person.adult
        await self.says(person, self.fair.counsellor, {"birth_date": ADULT if person.adult else MINOR})
        if not person.adult:
            self.lets_go(at)

    async def says(self, person: Person, who: dict[str, str], said: dict[str, Any]) -> None:
        read = await self.fair.client.get(person.where, headers=who)
        answer = await self.fair.client.patch(person.where, json=said, headers=who | {"If-Match": read.headers["etag"]})
        assert answer.status_code == 200, answer.text

    async def vets(self, _: int) -> None:
        company = self.chance.choice(sorted(self.approved))
        self.approved[company] = not self.approved[company]
        change = {"$set": {"approved": self.approved[company]}}
        await self.fair.running.store.collection("companies").update_one({"_id": company}, change)

    async def asks(self, at: int) -> None:
        person, company = self.people[at], self.chance.choice(sorted(self.approved))
        answer = await self.fair.ask(person.pseudonym or "nobody", company, self.caller(company))
        may = self.approved[company] and person.found
        assert answer.status_code == (201 if may else 404), answer.text
        if may:
            assert answer.json()["person"] is None
            person.answers.setdefault(company, "pending")
            before = self.contacts.setdefault((at, company), answer.json()["id"])
            assert before == answer.json()["id"], "asking again is the same question"

    async def answers(self, at: int) -> None:
        person, company = self.people[at], self.chance.choice(sorted(self.approved))
        contact = self.contacts.get((at, company), "none")
        said = self.chance.choice([True, False])
        body = {"accept": said, "contacts": ["email"] if said else []}
        answer = await self.fair.client.put(f"{person.where}/cv/pool/contacts/{contact}", json=body, headers=person.who)
        if contact == "none":
            assert answer.status_code == 404
        elif answer.status_code == 200:
            person.answers[company] = "accepted" if said else "refused"
        else:
            # Their age asks for something first, or they said yes and no all day.
            assert answer.status_code in (409, 429), answer.text
            assert not person.found or person.answers[company] != "pending"

    async def holds(self) -> None:
        for company, approved in self.approved.items():
            who = self.caller(company)
            answer = await self.fair.search(who, company_id=company)
            assert answer.status_code == (200 if approved else 404)
            if approved:
                there = {card["pseudonym"] for card in answer.json()["items"]}
                assert there == {one.pseudonym for one in self.people if one.found}
            for at, person in enumerate(self.people):
                if (contact := self.contacts.get((at, company))) is None:
                    continue
                read = await self.fair.asked(contact, who)
                assert read.status_code == (200 if approved and person.found else 404)
                if read.status_code == 200:
                    assert read.json()["state"] == person.answers[company]
                    assert (read.json()["person"] is not None) is (person.answers[company] == "accepted")
                foreign = self.fair.rival if company == "company-1" else self.fair.boss
                assert (await self.fair.asked(contact, foreign)).status_code == 404
        for contact, company in self.old:
            assert (await self.fair.asked(contact, self.caller(company))).status_code == 404
        for person in self.people:
            listed = await self.fair.client.get(f"{person.where}/cv/pool/contacts", headers=person.who)
            told = {one["company_id"]: one["state"] for one in listed.json()["items"]}
            assert told == person.answers


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_is_found_or_named_but_as_they_said(profiles: Running, stack: Stack, seed: int) -> None:
    fair = Fair(profiles, stack)
    await fair.begin()
    fair.share(
        **{
            f"{whose}_{what}": 10_000
            for whose in ("account", "company")
            for what in ("searches", "people", "questions")
        }
    )
    people = [Person(*(await fair.person(n, enters=False))) for n in range(2)]
    for one in people:
        took = await fair.client.post(f"{one.where}/counsellors", json={"action": "assign"}, headers=fair.counsellor)
        assert took.status_code == 200, took.text
    walk, chance = Walk(fair, Random(seed), people), Random(seed)
    steps = [
        walk.enters,
        walk.enters,
        walk.goes,
        walk.pauses,
        walk.ages,
        walk.vets,
        *[walk.asks] * 3,
        *[walk.answers] * 3,
    ]
    for _ in range(STEPS):
        await chance.choice(steps)(chance.randrange(2))
        await walk.holds()
