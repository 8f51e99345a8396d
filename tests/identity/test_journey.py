"""The README's walk, and a seeker's own, with tokens of the code flow that Keycloak's own pages gave."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from deploy.local.runner import LocalStack
from tests.identity.browser import Browser, Person
from tests.journeys import test_readme
from tests.journeys.test_readme import fenced

Staff = Callable[[str], tuple[Person, dict[str, Any]]]


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_the_readmes_walk_with_tokens_of_people_who_logged_in(
    stack: LocalStack,
    keycloak: str,
    staff: Staff,
    mailed: Callable[[str], str],
    newcomer: Person,
    tmp_path: Path,
) -> None:
    commands = {name: shutil.which(name) or "" for name in ("bash", "curl")}
    if not all(commands.values()):
        pytest.skip("the README's walk needs bash and curl")
    employer = Browser(keycloak).register(newcomer, mailed)
    given = {"employer": employer, "manager": staff("paul")[1], "counsellor": staff("lea")[1]}
    for role, tokens in given.items():
        (tmp_path / role).write_text(tokens["access_token"])
    # `make -s token ROLE=…` is the only line of the walk that is for the local key.
    give = f'for word in "$@"; do case $word in ROLE=*) cat "{tmp_path}/${{word#ROLE=}}"; exit;; esac; done; exit 2'
    [walk] = fenced("bash")
    folder = tmp_path / "walk"
    folder.mkdir()
    answers = test_readme.run(walk, stack, commands, folder, {"make": give})
    assert [answer for answer in answers if not 200 <= answer["status"] < 300] == []
    assert json.loads(answers[-1]["body"])["status"] == "interview"


def test_a_seeker_registers_alone_and_is_recommended_an_offer(
    stack: LocalStack, keycloak: str, staff: Staff, mailed: Callable[[str], str], newcomer: Person
) -> None:
    employer = Person("employeur@example.org", newcomer.password)
    boss, manager = bearer(Browser(keycloak).register(employer, mailed)), bearer(staff("paul")[1])
    me = bearer(Browser(keycloak).register(newcomer, mailed))
    offers, matching = stack.urls["offers"], stack.urls["matching"]
    with httpx.Client(timeout=30) as http:

        def made(url: str, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
            answer = http.post(url, headers=headers, json=body)
            assert answer.is_success, answer.text
            return dict(answer.json())

        profile = made(
            f"{stack.urls['profiles']}/v1/profiles",
            me,
            {"first_name": "Sam", "last_name": "Roy", "place": {"commune_code": "23096"}, "territory": "23"}
            | {"occupations": [{"code": "N4101"}], "travel": [{"means": "car", "range_km": 30}], "licences": ["B"]},
        )
        company = made(
            f"{offers}/v1/companies", boss, {"name": "M. Roche", "private_employer": True, "territory": "23"}
        )
        made(f"{offers}/v1/companies/{company['id']}/approve", manager, {})
        offer = made(
            f"{offers}/v1/offers",
            boss,
            {"company_id": company["id"], "title": "Conducteur de poids lourd", "occupation_code": "N4101"}
            | {"description": "Livraisons en Creuse.", "place": {"commune_code": "23096"}, "contract_kind": "cdi"}
            | {"weekly_hours": 35, "declared_schedule": {"early": False, "late": False}},
        )
        made(f"{offers}/v1/offers/{offer['id']}/publish", boss, {})
        deadline = time.monotonic() + 60
        found: list[Any] = []
        while not found and time.monotonic() < deadline:
            answer = http.get(f"{matching}/v1/profiles/{profile['id']}/recommendations", headers=me)
            found = answer.json().get("items", []) if answer.status_code == 200 else []
        assert [one["offer_id"] for one in found] == [offer["id"]]
        # A stranger with an account of the same making sees none of it.
        stranger = bearer(Browser(keycloak).login(employer))
        assert http.get(f"{stack.urls['profiles']}/v1/profiles/{profile['id']}", headers=stranger).status_code == 404
        # Her company decides, no claim: nothing in the token names it.
        claims = jwt.decode(stranger["Authorization"].removeprefix("Bearer "), options={"verify_signature": False})
        assert "organisation" not in claims
        candidates = http.get(f"{matching}/v1/offers/{offer['id']}/candidates", headers=stranger)
        assert candidates.status_code == 200, candidates.text
        assert http.get(f"{matching}/v1/offers/{offer['id']}/candidates", headers=me).status_code in (403, 404)
