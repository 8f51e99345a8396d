"""A town hall's spreadsheet: looked at, imported, recommended, and taken down when its post is filled."""

from pathlib import Path
from typing import Any

import httpx

from deploy.local.runner import LocalStack
from shared.auth.local import local_token
from tests.journeys.bodies import home_help_from_gueret
from tests.journeys.own_stack import own_stack
from tests.service.offers.tabled import as_xlsx
from tests.support import eventually

_SECONDS = 90.0
HEADER = [
    "Intitulé du poste",
    "Commune",
    "Type de contrat",
    "Temps de travail",
    "Rémunération",
    "Date de début",
    "Statut",
]
HELP = [
    "Aide à domicile (H/F)",
    "Sainte-Feyre",
    "CDD de six mois",
    "28/35e",
    "12,50 €/h",
    "dès que possible",
    "à pourvoir",
]
COOK = ["Cuisinier de cantine", "Nulle Part", "CDI", "35:00", "1 900 € brut/mois", "04/01/2027", ""]


def book(*rows: list[str]) -> bytes:
    return as_xlsx(("Mode d'emploi", [["Une ligne par poste"]]), ("Postes", [["Postes 2027"], HEADER, *rows]))


async def test_a_spreadsheet_reaches_who_looks_for_such_work(tmp_path: Path) -> None:
    with own_stack(tmp_path) as stack:
        async with httpx.AsyncClient(timeout=30) as http:
            await _walk(stack, http)


async def _walk(stack: LocalStack, http: httpx.AsyncClient) -> None:
    def headers(role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {local_token(stack.keys, [role], f'{role}-1', territories=('23',))}"}

    async def send(content: bytes, **params: Any) -> dict[str, Any]:
        answer = await http.post(
            f"{stack.urls['offers']}/v1/imports",
            headers=headers("manager"),
            params={"partner": "sainte-feyre", "default": "employer=Mairie de Sainte-Feyre", **params},
            files={"file": ("postes.xlsx", content)},
        )
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    async def recommended() -> list[str]:
        url = f"{stack.urls['matching']}/v1/profiles/{profile}/recommendations"
        items = (await http.get(url, headers=headers("counsellor"))).json()["items"]
        return [one["offer_id"] for one in items]

    made = await http.post(
        f"{stack.urls['profiles']}/v1/profiles", headers=headers("counsellor"), json=home_help_from_gueret("Camille")
    )
    assert made.is_success, made.text
    profile = made.json()["id"]

    seen = await send(book(HELP, COOK), preview="true")
    assert [(row["row"], row["change"]) for row in seen["rows"]] == [(3, "created"), (4, None)]
    assert seen["rows"][1]["errors"][0]["column"] == "B (Commune)"
    understood = seen["rows"][0]["understood"]
    assert (understood["contract_kind"], understood["duration_months"], understood["weekly_hours"]) == ("cdd", 6, 28)

    taken = await send(book(HELP, [COOK[0], "Guéret", *COOK[2:]]))
    assert (taken["created"], taken["rejected"]) == (2, 0)
    offer = taken["rows"][0]["offer_id"]

    async def there() -> bool:
        return offer in await recommended()

    await eventually(there, _SECONDS)
    again = await send(book(HELP, [COOK[0], "Guéret", *COOK[2:]]))
    assert (again["unchanged"], again["created"], again["updated"]) == (2, 0, 0)

    over = await send(book([*HELP[:-1], "POURVU"], [COOK[0], "Guéret", *COOK[2:]]), complete="true")
    assert (over["closed"], over["rows"][0]["errors"][0]["rule"]) == (1, "over")

    async def gone() -> bool:
        return offer not in await recommended()

    await eventually(gone, _SECONDS)
