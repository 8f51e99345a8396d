"""A stack that is stopped and started again on the same folder goes on where it was, and tells nobody anything twice.

The embedded broker forgets every topic and every position with its process: what the second run knows comes from the
databases and from what their owners publish again.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from deploy.demo.quiet import Quiet
from deploy.local.engines import BrokerKind
from deploy.local.runner import LocalStack
from shared.auth.local import local_token
from tests.journeys.bodies import home_help_from_gueret, home_help_in_sainte_feyre
from tests.journeys.own_stack import own_stack
from tests.support import eventually

# Both machines of CI and people's own are busy when all tests run.
_SECONDS = 90.0
_EMAIL = "camille.martin@example.org"
_AGAIN = "Publishing the stored state again: the embedded broker keeps nothing."

# The person's own inbox is the record of what was told, whoever comes to read it.
EACH_WAY_ONCE = ["counsellor", "email", "inbox"]

Json = dict[str, Any]


class People:
    """A counsellor with somebody they accompany, an employer, and a manager, in the run of the stack that is given."""

    def __init__(self, stack: LocalStack, http: httpx.AsyncClient) -> None:
        self._stack = stack
        self._http = http

    async def ask(self, role: str, method: str, service: str, path: str, body: Json | None = None) -> Json:
        """The answer, which is 2xx."""
        token = local_token(self._stack.keys, [role], role)
        answer = await self._http.request(
            method, self._stack.urls[service] + path, json=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def register(self) -> str:
        """A profile in Guéret with a car, who is told over the counsellor and by e-mail."""
        body = home_help_from_gueret(
            "Camille", email=_EMAIL, consents_to_messages=True, channels=["counsellor", "email"]
        )
        return str((await self.ask("counsellor", "POST", "profiles", "/v1/profiles", body))["id"])

    async def found_company(self) -> str:
        """An approved household."""
        contact = {"first_name": "Hélène", "email": "aubrun@example.org"}
        body = {"name": "Mme Aubrun", "private_employer": True, "territory": "23", "contact": contact}
        company = str((await self.ask("employer", "POST", "offers", "/v1/companies", body))["id"])
        await self.ask("manager", "POST", "offers", f"/v1/companies/{company}/approve", {})
        return company

    async def deposit(self, company: str, title: str) -> str:
        """A published offer in Sainte-Feyre, 5 km from Guéret."""
        body = home_help_in_sainte_feyre(company, title)
        offer = str((await self.ask("employer", "POST", "offers", "/v1/offers", body))["id"])
        await self.ask("employer", "POST", "offers", f"/v1/offers/{offer}/publish", {})
        return offer

    async def recommended(self, profile: str) -> dict[str, Json]:
        """The recommendations of the profile by offer."""
        answer = await self.ask("counsellor", "GET", "matching", f"/v1/profiles/{profile}/recommendations")
        return {one["offer_id"]: one for one in answer["items"]}

    async def passed_on(self, offer: str) -> list[Json]:
        """What the counsellor was told of the offer."""
        items = (await self.ask("counsellor", "GET", "notifications", "/v1/inbox"))["items"]
        return [item for item in items if item["offer_id"] == offer]

    async def deliveries(self) -> dict[str, Json]:
        """Everything that was told to anybody, by id."""
        answer = await self.ask("manager", "GET", "notifications", "/v1/deliveries?limit=100")
        assert answer["next_cursor"] is None
        return {one["id"]: one for one in answer["items"]}


async def test_the_next_run_knows_everybody_and_repeats_nothing(tmp_path: Path) -> None:
    async with httpx.AsyncClient(timeout=30) as http:
        with own_stack(tmp_path) as stack:
            people = People(stack, http)
            profile, company = await people.register(), await people.found_company()
            first = await people.deposit(company, "Auxiliaire de vie")
            await eventually(lambda: people.passed_on(first), _SECONDS)
            await settled(stack, "the first run")
            recommendation = (await people.recommended(profile))[first]
            [told] = await people.passed_on(first)
            told_before, mails_before = await people.deliveries(), mails(stack)
            assert ways(profile, told_before.values()) == EACH_WAY_ONCE
            assert len(mails_before) == 1

        said: list[str] = []
        with own_stack(tmp_path, said.append) as stack:
            assert (_AGAIN in said) is (stack.broker is BrokerKind.EMBEDDED)
            people = People(stack, http)
            await settled(stack, "what was published again")
            assert (await people.recommended(profile))[first] == recommendation

            second = await people.deposit(company, "Aide à domicile de nuit")
            await eventually(lambda: people.passed_on(second), _SECONDS)
            await settled(stack, "the second run")
            assert set(await people.recommended(profile)) == {first, second}
            assert (await people.recommended(profile))[first] == recommendation
            assert await people.passed_on(first) == [told], "the first offer was told once"
            told_now = await people.deliveries()
            assert told_now.items() >= told_before.items(), "what was told is kept as it was"
            new = [one for id, one in told_now.items() if id not in told_before]
            assert ways(profile, new) == EACH_WAY_ONCE, "only the second offer was told"
            assert len(new) == len(EACH_WAY_ONCE)
            assert mails(stack) > mails_before
            assert len(mails(stack)) == 2


async def settled(stack: LocalStack, what: str) -> None:
    """Wait until every event is published, every consumer has applied it and every mail has left."""

    def pid_of(service: str) -> int | None:
        return next((row.pid for row in stack.rows() if row.name == service), None)

    async with Quiet(stack.mongodb_url, stack.kafka_bootstrap_servers, pid_of) as quiet:
        await quiet.wait(what)


def ways(profile: str, deliveries: Iterable[Json]) -> list[str]:
    """The channels over which recommendations were told to the profile, one for each time."""
    of_profile = [one for one in deliveries if one["subject_id"] == profile]
    return sorted(one["channel"] for one in of_profile if one["template"] == "recommendation")


def mails(stack: LocalStack) -> set[str]:
    """Names of the mails to the seeker that were handed in."""
    return {path.name for path in stack.mail_dir.rglob("*.eml") if _EMAIL in path.read_text()}
