"""A clause falls behind, and closes its loop over the five services: alert, reserved offer, recommendation, introduction, hire,
employment, hours.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.local.runner import LocalStack
from shared.auth.local import local_token
from tests.journeys.own_stack import own_stack
from tests.support import eventually

Json = dict[str, Any]

SIRET = "73282932000074"
# Machines are busy when all tests run.
_SECONDS = 90.0
_TODAY = datetime.now(UTC).date()
CONTRACT = {
    "title": "Réhabilitation du collège",
    "kind": "execution_condition",
    "contracting_authority_name": "Département de la Creuse",
    # Over six months: a quarter has ended since, and its hours are due.
    "starts_on": (_TODAY - timedelta(days=200)).isoformat(),
    "ends_on": (_TODAY + timedelta(days=165)).isoformat(),
    "objective": {"rule": "manual", "hours": "900.00", "reason": "CCAP, article 6"},
    "contractor_ids": [SIRET],
    "commune_code": "23096",
}


class Town:
    """Everybody, each with a token of one role."""

    def __init__(self, stack: LocalStack, http: httpx.AsyncClient) -> None:
        self._stack, self._http = stack, http

    async def answer(self, role: str, method: str, service: str, path: str, body: Json | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {local_token(self._stack.keys, [role], role)}"}
        return await self._http.request(method, self._stack.urls[service] + path, json=body, headers=headers)

    async def ask(self, role: str, method: str, service: str, path: str, body: Json | None = None) -> Json:
        """The answer, which is 2xx."""
        answer = await self.answer(role, method, service, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def items(self, role: str, service: str, path: str) -> list[Json]:
        return list((await self.ask(role, "GET", service, path))["items"])

    async def told(self, role: str, words: str) -> list[Json]:
        """What lies in the account's inbox with these words in its title."""
        return [one for one in await self.items(role, "notifications", "/v1/inbox") if words in one["title"]]

    async def seeker(self, name: str, *, eligible: bool) -> str:
        body = {
            "first_name": name,
            "last_name": "Martin",
            "place": {"commune_code": "23096"},
            "occupations": [{"code": "F1704", "experience_months": 6}],
            "travel": [{"means": "car", "range_km": 30}],
            "vehicle": True,
            "reserved_eligible": ["clause"] if eligible else [],
        }
        return str((await self.ask("counsellor", "POST", "profiles", "/v1/profiles", body))["id"])

    async def agreed(self, profile: str, offer: Json) -> str:
        """The receipt of what the person agreed to on the phone."""
        path = f"/v1/profiles/{profile}/disclosure"
        text = (await self.ask("counsellor", "GET", "profiles", path))["text_version"]
        what = {
            "company_id": offer["company"]["id"],
            "offer_id": offer["id"],
            "text_version": text,
            "heard": "by_phone",
        }
        return str((await self.ask("counsellor", "POST", "profiles", f"{path}s", what))["id"])

    async def recommended(self, profile: str) -> list[str]:
        path = f"/v1/profiles/{profile}/recommendations"
        return [one["offer_id"] for one in await self.items("counsellor", "matching", path)]

    async def employer(self) -> None:
        contact = {"first_name": "Hélène", "email": "aubrun@example.org"}
        body = {"name": "Bâti Creuse", "siret": SIRET, "territory": "23", "contact": contact}
        company = str((await self.ask("employer", "POST", "offers", "/v1/companies", body))["id"])
        await self.ask("manager", "POST", "offers", f"/v1/companies/{company}/approve", {})

    async def clerk(self) -> None:
        """The account of the contractor's clerk accepts the desk's invitation."""
        place = f"/v1/contractors/23/{SIRET}/invitations"
        link = (await self.ask("facilitator", "POST", "clauses", place, {"user_id": "contractor"}))["link"]
        path = link[link.index("/v1/") :]
        await self.ask("contractor", "POST", "clauses", f"{path}/acceptance", {})


async def test_a_clause_that_falls_behind_ends_in_hours(tmp_path: Path) -> None:
    quick = {"BASSIN_ALERT_JOB_SECONDS": "1"}
    async with httpx.AsyncClient(timeout=30) as http:
        with own_stack(tmp_path, environment=quick) as stack:
            await walk(Town(stack, http))


async def walk(town: Town) -> None:
    ask = town.ask
    eligible, other = await town.seeker("Camille", eligible=True), await town.seeker("Dominique", eligible=False)
    await town.employer()
    contract = (await ask("facilitator", "POST", "clauses", "/v1/contracts", CONTRACT))["id"]
    path = f"/v1/contracts/{contract}"
    await town.clerk()

    # The forecast falls short: the facilitator is told, and a draft waits at offers.
    [alert] = await eventually(lambda: town.told("facilitator", "Clauses d’insertion : un marché"), _SECONDS)
    assert "Objectif d’insertion en danger : Réhabilitation du collège" in alert["text"]
    [wish] = await eventually(lambda: town.items("facilitator", "offers", "/v1/clause-requests"), _SECONDS)
    assert (wish["contract_id"], wish["missing_hours"]) == (contract, "900.00")

    # One call makes it an offer, which matching proposes to who is eligible and to nobody else.
    job = {"title": "Manœuvre du bâtiment (H/F)", "occupation_code": "F1704", "weekly_hours": 35, "duration_months": 5}
    offer = await ask("facilitator", "POST", "offers", f"/v1/clause-requests/{wish['id']}/confirm", job)
    assert (offer["status"], offer["reserved_publics"]) == ("published", ["clause"])

    async def proposed() -> bool:
        return offer["id"] in await town.recommended(eligible)

    await eventually(proposed, _SECONDS)
    assert offer["id"] not in await town.recommended(other)
    applications = f"/v1/offers/{offer['id']}/applications"
    theirs = {"profile_id": other, "disclosure_id": await town.agreed(other, offer)}

    async def refused() -> httpx.Response | None:
        answer = await town.answer("counsellor", "POST", "offers", applications, theirs)
        return None if "profile-unknown" in answer.text else answer  # of whom offers hears in a moment

    assert (await eventually(refused, _SECONDS)).status_code == 422

    # Introduced, hired: the facilitator is told of a hire, by no name.
    shown = {"disclosure_id": await town.agreed(eligible, offer)}
    introduced = await ask("counsellor", "POST", "offers", applications, shown | {"profile_id": eligible})
    hire = {"contract_kind": "cdd", "duration_months": 5, "starts_on": _TODAY.isoformat()}
    step = {"to": "hired", "hire": hire}
    await ask("employer", "POST", "offers", f"/v1/applications/{introduced['id']}/advance", step)
    [news] = await eventually(lambda: town.told("facilitator", "Une embauche pour la clause"), _SECONDS)
    assert not any(word in str(news) for word in ("Camille", "Martin", eligible))
    [hired] = await town.items("facilitator", "clauses", "/v1/hires")

    # With the person's consent the hire is an employment, and its hours count.
    agreed = {"consented_on": _TODAY.isoformat(), "employer": "Bâti Creuse", "contractor_id": SIRET}
    employment = await ask("facilitator", "POST", "clauses", f"/v1/hires/{hired['id']}/record", agreed)
    assert (employment["participant_id"], employment["starts_on"]) == (eligible, _TODAY.isoformat())
    person = {"participant_id": eligible, "consented_on": _TODAY.isoformat(), "territory": "23"}
    await ask("facilitator", "POST", "clauses", "/v1/participants", person)
    seen = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": _TODAY.isoformat()}]}
    decisions = f"/v1/participants/{eligible}/eligibilities?territory=23"
    await ask("facilitator", "POST", "clauses", decisions, seen)
    hours = {
        "participant_id": eligible,
        "employment_id": employment["id"],
        "month": f"{_TODAY:%Y-%m}",
        "hours": "7.50",
        "evidence": [{"kind": "timesheet", "dated": _TODAY.isoformat()}],
    }
    declared = await ask("contractor", "POST", "clauses", f"{path}/hours", hours)
    await ask("facilitator", "POST", "clauses", f"/v1/hours/{declared['id']}/validate")
    done = await ask("facilitator", "GET", "clauses", f"{path}/progress")
    assert (done["validated_hours"], done["participants"]) == ("7.50", 1)
