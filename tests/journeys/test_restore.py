"""A whole installation is lost, databases and broker, and comes back by the commands of ``docs/backup.md``."""

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyrage
import pytest

from deploy.local.engine import EngineMissing
from deploy.local.process import free_port
from deploy.local.runner import INIT, LocalStack
from deploy.local.services import ServiceSpec, bassin_services
from shared.auth.local import local_token
from tests.documents import block
from tests.journeys.bodies import home_help_from_gueret, home_help_in_sainte_feyre
from tests.journeys.test_restart import settled
from tests.support import eventually

Json = dict[str, Any]
_SECONDS = 90.0


class Walk:
    """People of all roles, in the run of the stack that is given."""

    def __init__(self, stack: LocalStack, http: httpx.AsyncClient) -> None:
        self._stack = stack
        self._http = http

    async def send(self, who: str, method: str, service: str, path: str, body: Json | None = None) -> httpx.Response:
        role, _, subject = who.partition(" ")
        token = local_token(self._stack.keys, [role], subject or role)
        headers = {"Authorization": f"Bearer {token}"}
        return await self._http.request(method, self._stack.urls[service] + path, json=body, headers=headers)

    async def ask(self, who: str, method: str, service: str, path: str, body: Json | None = None) -> Json:
        answer = await self.send(who, method, service, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}

    async def register(self, counsellor: str, name: str) -> str:
        body = home_help_from_gueret(name)
        return str((await self.ask(f"counsellor {counsellor}", "POST", "profiles", "/v1/profiles", body))["id"])

    async def deposit(self, title: str) -> str:
        company = await self.ask(
            "employer",
            "POST",
            "offers",
            "/v1/companies",
            {"name": title, "private_employer": True, "territory": "23"},
        )
        await self.ask("manager", "POST", "offers", f"/v1/companies/{company['id']}/approve", {})
        body = home_help_in_sainte_feyre(company["id"], title)
        offer = str((await self.ask("employer", "POST", "offers", "/v1/offers", body))["id"])
        await self.ask("employer", "POST", "offers", f"/v1/offers/{offer}/publish", {})
        return offer

    async def conclude(self, profile: str) -> str:
        """A contract with a month of validated hours of the profile."""
        today = datetime.now(UTC).date()
        last_month = today.replace(day=1) - timedelta(days=1)
        contract = await self.ask(
            "facilitator",
            "POST",
            "clauses",
            "/v1/contracts",
            {
                "title": "Réhabilitation de l'école",
                "kind": "execution_condition",
                "contracting_authority_name": "Ville de Guéret",
                "territory": "23",
                "starts_on": (today - timedelta(days=90)).isoformat(),
                "ends_on": (today + timedelta(days=200)).isoformat(),
                "objective": {"rule": "manual", "hours": "1000.00", "reason": "Marché"},
                "contractor_ids": ["contractor-1"],
                "rules": {"eligibility": "unchecked"},
            },
        )
        clerks = "/v1/contractors/23/contractor-1/invitations"
        invited = await self.ask("facilitator", "POST", "clauses", clerks, {"user_id": "contractor"})
        link = invited["link"][invited["link"].index("/v1/") :]
        await self.ask("contractor", "POST", "clauses", f"{link}/acceptance")
        path = f"/v1/contracts/{contract['id']}"
        linked = {"participant_id": profile, "consented_on": today.isoformat()}
        await self.ask("facilitator", "POST", "clauses", f"{path}/participants", linked)
        given = {
            "participant_id": profile,
            "employment": {"kind": "cdd", "employer": "Bâti Creuse"},
            "month": f"{last_month:%Y-%m}",
            "hours": "121.33",
            "evidence": [{"kind": "timesheet"}],
        }
        hours = await self.ask("contractor", "POST", "clauses", f"{path}/hours", given)
        await self.ask("facilitator", "POST", "clauses", f"/v1/hours/{hours['id']}/validate", {})
        return str(contract["id"])

    async def answers(self, profile: str, offer: str, contract: str) -> Json:
        """What everybody is answered about what is in the dump."""
        asked = {
            "offers": ("counsellor lea", "offers", "/v1/offers?commune=23096&radius_km=20"),
            "offer": ("manager", "offers", f"/v1/offers/{offer}"),
            "profile": ("counsellor lea", "profiles", f"/v1/profiles/{profile}"),
            "recommendations": ("counsellor lea", "matching", f"/v1/profiles/{profile}/recommendations"),
            "explanation": ("counsellor lea", "matching", f"/v1/explanations?profile={profile}&offer={offer}"),
            "contract": ("facilitator", "clauses", f"/v1/contracts/{contract}"),
            "hours": ("facilitator", "clauses", f"/v1/contracts/{contract}/hours"),
            "inbox": ("counsellor lea", "notifications", "/v1/inbox"),
        }
        return {
            name: without_times(await self.ask(who, "GET", service, path))
            for name, (who, service, path) in asked.items()
        }


def without_times(value: Any) -> Any:
    """What a caller is told, without what only says when this answer was made."""
    if isinstance(value, dict):
        return {key: without_times(inner) for key, inner in value.items() if key not in ("computed_at", "as_of")}
    return [without_times(inner) for inner in value] if isinstance(value, list) else value


def a_stack(folder: Path, specs: list[ServiceSpec], init: tuple[str, ...], **environment: str) -> LocalStack:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return LocalStack(
        folder / "data", folder / "run", services=specs, init=init, environment={"PATH": path} | environment
    )


def shell(text: str) -> tuple[str, ...]:
    return ("bash", "-euo", "pipefail", "-c", text)


async def test_an_installation_that_lost_everything_answers_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("MONGODB_URL", "KAFKA_BOOTSTRAP_SERVERS"):
        monkeypatch.delenv(variable, raising=False)
    specs = [replace(spec, port=free_port()) for spec in bassin_services()]
    backups = tmp_path / "backups"
    backups.mkdir()
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{key}\n")
    variables = {
        "BACKUPS": str(backups),
        "AGE_PUBLIC_KEY": str(key.to_public()),
        "AGE_KEY_FILE": str(tmp_path / "key"),
    }
    async with httpx.AsyncClient(timeout=30) as http:
        first = a_stack(tmp_path / "first", specs, INIT, **variables)
        try:
            first.start()
        except EngineMissing as missing:
            pytest.skip(str(missing))
        try:
            walk = Walk(first, http)
            stays, leaves = await walk.register("lea", "Camille"), await walk.register("tom", "Dominique")
            offer = await walk.deposit("Auxiliaire de vie")
            await settled(first, "offers and people")
            contract = await walk.conclude(stays)
            await settled(first, "the contract")
            before = await walk.answers(stays, offer, contract)
            assert before["recommendations"]["items"], "nothing would be compared"
            assert before["inbox"]["items"], "nothing would be compared"
            first.run("dump", shell(block("backup", "dump")))
            first.run("encrypted", shell(block("backup", "encrypted")))
            # After the dump: somebody is erased, and something is deposited that will be lost.
            assert (await walk.send("counsellor tom", "DELETE", "profiles", f"/v1/profiles/{leaves}")).is_success
            lost = await walk.deposit("Aide à domicile de nuit")
            await settled(first, "what came after the dump")
            first.run("list", shell(block("backup", "list")))
        finally:
            first.stop()

        [dump] = backups.glob("*.dump")
        assert block("operate", "init") in block("backup", "restore")
        second = a_stack(tmp_path / "second", specs, shell(block("backup", "restore")), **variables, DUMP=str(dump))
        with second:
            walk = Walk(second, http)
            await settled(second, "the restored state")
            assert await walk.answers(stays, offer, contract) == before
            gone = await walk.send("manager", "GET", "offers", f"/v1/offers/{lost}")
            assert gone.status_code == 404
            for service, path in (
                ("profiles", f"/v1/profiles/{leaves}"),
                ("matching", f"/v1/profiles/{leaves}/recommendations"),
            ):
                answer = await walk.send("counsellor tom", "GET", service, path)
                assert answer.status_code in (403, 404), f"{path}: {answer.text}"
            assert (await walk.ask("counsellor tom", "GET", "notifications", "/v1/inbox"))["items"] == []
            # It goes on: who is there now is told of what comes now, once.
            fresh = await walk.deposit("Aide à domicile de jour")

            async def told() -> list[Json]:
                items = (await walk.ask("counsellor lea", "GET", "notifications", "/v1/inbox"))["items"]
                return [item for item in items if item["offer_id"] == fresh]

            assert len(await eventually(told, _SECONDS)) == 1
