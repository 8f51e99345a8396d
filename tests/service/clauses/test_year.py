"""A facilitator's year, played with the clock: from a buyer's publication to the final report. At each month's end every
balance is what a naive recomputation of what was declared, validated and corrected says.
"""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx

from services.clauses.commands import alerts
from services.clauses.commands.contracts import end_contracts
from shared.clock import HandClock
from tests.service.clauses.builders import People, decp_record
from tests.service.clauses.test_alerts import told
from tests.support import Running, Stack

SIRET = "34027049500021"
ANNA, BILAL, CHLOE, DORA = "P-1", "P-2", "P-3", "P-4"
ZERO = Decimal("0.00")


class Year:
    """The desk's and the contractor's clerk's calls, and what they should add up to."""

    def __init__(self, clauses: Running, clock: HandClock, desk: dict[str, str], clerk: dict[str, str]) -> None:
        self.clauses, self.clock, self.desk, self.clerk = clauses, clock, desk, clerk
        self.path = ""
        self.counting: dict[tuple[str, str], tuple[Decimal, bool]] = {}
        """Hours of a person's month that count, and whether they are validated."""
        self.ids: dict[tuple[str, str], str] = {}
        self.jobs: dict[str, str] = {}
        self.seen: list[str] = []

    def on(self, day: str) -> None:
        self.clock.set(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=9))

    async def post(self, path: str, body: Any = None, who: dict[str, str] | None = None) -> httpx.Response:
        return await self.clauses.client.post(path, json=body, headers=who or self.desk)

    async def does(self, path: str, body: Any = None, who: dict[str, str] | None = None) -> Any:
        answer = await self.post(path, body, who)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    async def reads(self, path: str, **params: str) -> Any:
        answer = await self.clauses.client.get(path, params=params, headers=self.desk)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def hires(self, who: str, since: str, until: str | None = None) -> None:
        """Approved first, then hired by the contractor."""
        await self.does("/v1/participants", {"participant_id": who, "sex": "female", "birth_year": 1990})
        await self.does(f"{self.path}/participants", {"participant_id": who, "contractor_id": SIRET})
        seen = {"kind": "caf_statement", "dated": self.clock.now().date().isoformat()}
        decision = {"categories": ["rsa"], "evidence": [seen], "valid_until": until}
        await self.does(f"/v1/participants/{who}/eligibilities", decision)
        job = {"participant_id": who, "kind": "cdd", "employer": "BTP 23", "starts_on": since}
        self.jobs[who] = (await self.does(f"{self.path}/employments", job, self.clerk))["id"]

    async def sheet(self, month: str, hours: dict[str, str], *, validated: bool = True) -> None:
        """The clerk's sheet of a month, twice, and the facilitator's validation of all of it."""
        rows = [f"{who};{self.jobs[who]};CDD;BTP 23;{month};{amount}" for who, amount in hours.items()]
        content = "\r\n".join(("Participant;Emploi;Nature du contrat;Employeur;Mois;Heures", *rows)).encode()
        headers = self.clerk | {"Content-Type": "text/csv"}
        where = f"{self.path}/sheets"
        sent = (await self.clauses.client.post(where, content=content, headers=headers)).json()
        assert sent["applied"], sent
        again = (await self.clauses.client.post(where, content=content, headers=headers)).json()
        assert {line["outcome"] for line in again["lines"]} == {"unchanged"}
        for line, (who, amount) in zip(sent["lines"], hours.items(), strict=True):
            self.ids[who, month] = line["hours_id"]
            self.counting[who, month] = (Decimal(amount.replace(",", ".")), validated)
        if validated:
            ids = [line["hours_id"] for line in sent["lines"]]
            items = (await self.does(f"{self.path}/hours/validate", {"hours_ids": ids}))["items"]
            assert all(one["validated"] for one in items), items

    async def adds_up(self, month: str) -> None:
        """Contract, progress, ledger and report say what was said."""
        declared = sum((hours for hours, _ in self.counting.values()), ZERO)
        validated = sum((hours for hours, sure in self.counting.values() if sure), ZERO)
        exact = (declared, validated)
        contract, progress = await self.reads(self.path), await self.reads(f"{self.path}/progress")
        whole = (await self.reads("/v1/reports"))["total"]
        for shown in (contract, progress, whole):
            assert (Decimal(shown["declared_hours"]), Decimal(shown["validated_hours"])) == exact, month
        rows = (await self.reads(f"{self.path}/ledger", limit="100"))["items"]
        assert sum((Decimal(row["declared_delta"]) for row in rows), ZERO) == declared
        inside = {key: one for key, one in self.counting.items() if key[1] == month}
        total = (await self.reads("/v1/reports", **{"from": month, "to": month}))["total"]
        assert Decimal(total["declared_hours"]) == sum((hours for hours, _ in inside.values()), ZERO)
        assert total["participants"] == len({who for (who, _), (hours, _) in inside.items() if hours})
        assert progress["participants"] == len({who for (who, _), (hours, _) in self.counting.items() if hours})

    async def hears(self, day: str) -> list[tuple[str, list[str]]]:
        """What is told when the job looks on a day."""
        self.on(day)
        await alerts.look(self.clauses.app.state.context)
        return [(text, whom) for text, whom, _ in await told(self.clauses, self.seen)]

    async def wishes(self) -> list[bool]:
        """Whether each offer that the contract wished for is still wanted."""
        found = await self.reads(f"{self.path}/offer-requests")
        return [one["wanted"] for one in found["items"]]


async def test_a_year_from_the_publication_to_the_report(
    clauses: Running, people: People, clock: HandClock, stack: Stack
) -> None:
    clerk = stack.token("contractor", subject="clerk-5", territories=())
    year = Year(clauses, clock, people.facilitator, clerk)
    year.on("2026-01-05")

    # The buyer published it; the facilitator says its clause and sizes it: 2,000,000 × 50 % × 3 % ÷ 30 = 1,000 h, in two lots.
    published = json.dumps({"marches": [decp_record(dateNotification="2026-01-05", montant=2_000_000)]}).encode()
    imported = await clauses.client.post("/v1/contract-imports", content=published, headers=year.desk)
    [line] = imported.json()["lines"]
    sizing = {
        "rule": "labour_share",
        "amount": 2_000_000,
        "labour_share_percent": 50,
        "effort_percent": 3,
        "hourly_cost": 30,
    }
    said = {"kind": "execution_condition", "objective": sizing, "contracting_authority_name": "Ville de Guéret"}
    said["rules"] = {"eligibility": "before_hire", "employments_required": True}
    contract = await year.does(f"/v1/contract-drafts/{line['draft_id']}/conclude", said)
    assert (contract["objective"]["hours"], contract["ends_on"]) == ("1000.00", "2027-01-04")
    year.path = f"/v1/contracts/{contract['id']}"
    lots = {"lots": [{"id": "1", "contractor_ids": [SIRET]}, {"id": "2", "objective_hours": "100.00"}]}
    headers = year.desk | {"If-Match": "*"}
    assert (await clauses.client.patch(year.path, json=lots, headers=headers)).status_code == 200

    # The contractor is invited; approvals come before hires.
    link = (await year.does(f"/v1/contractors/23/{SIRET}/invitations", {"user_id": "clerk-5"}))["link"]
    await year.does(f"{link[link.index('/v1/') :]}/acceptance", {}, clerk)
    await year.hires(ANNA, "2026-01-12")
    await year.hires(BILAL, "2026-01-12", until="2026-09-30")
    # Dora is hired before anybody approved her: the decision of the day after carries no hours of that employment.
    await year.does(f"{year.path}/participants", {"participant_id": DORA, "contractor_id": SIRET})
    job = {"participant_id": DORA, "kind": "cdd", "employer": "BTP 23", "starts_on": "2026-01-05"}
    early = (await year.does(f"{year.path}/employments", job, clerk))["id"]
    seen = [{"kind": "caf_statement", "dated": "2026-01-06"}]
    year.on("2026-01-06")
    await year.does("/v1/participants", {"participant_id": DORA})
    await year.does(f"/v1/participants/{DORA}/eligibilities", {"categories": ["rsa"], "evidence": seen})
    hers = {"participant_id": DORA, "employment_id": early, "month": "2026-01", "hours": "10"}
    refused = await year.post(f"{year.path}/hours", hers, clerk)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-eligible"), refused.text

    # January and February come in time; then the clerk is late, and on the pace so far the objective will be missed.
    for month, day in (("2026-01", "2026-02-05"), ("2026-02", "2026-03-05")):
        year.on(day)
        await year.sheet(month, {ANNA: "40,00", BILAL: "35,50"})
        await year.adds_up(month)
    late = await year.hears("2026-04-16")
    assert ("clause_hours_late", ["clerk-5"]) in late
    assert ("clause_digest", ["facilitator-1"]) in late
    assert await year.wishes() == [True]
    assert await year.hears("2026-04-17") == []
    await year.sheet("2026-03", {ANNA: "45,25", BILAL: "30,00"}, validated=False)
    await year.adds_up("2026-03")

    # March was wrong: reversed and replaced, with the reason; the rest of it is validated.
    wrong = year.ids[ANNA, "2026-03"]
    right = await year.does(f"/v1/hours/{wrong}/correct", {"hours": "54.25", "reason": "Feuille de chantier"}, clerk)
    year.counting[ANNA, "2026-03"] = (Decimal("54.25"), True)
    year.counting[BILAL, "2026-03"] = (Decimal("30.00"), True)
    ids = [right["id"], year.ids[BILAL, "2026-03"]]
    assert len((await year.does(f"{year.path}/hours/validate", {"hours_ids": ids}))["items"]) == 2
    await year.adds_up("2026-03")

    # The shortfall brought somebody, and an amendment lowers the objective to what is left of the works: nothing is missed now.
    await year.hires(CHLOE, "2026-04-20")
    for month, day in (("2026-04", "2026-05-05"), ("2026-05", "2026-06-05"), ("2026-06", "2026-07-03")):
        year.on(day)
        await year.sheet(month, {ANNA: "60,00", BILAL: "50,00", CHLOE: "70,75"})
        await year.adds_up(month)
    lower = {"rule": "manual", "hours": "900.00", "reason": "Avenant 1"}
    amendment = {"effective_on": "2026-07-01", "reason": "Tranche retirée", "objective": lower}
    await year.does(f"{year.path}/amendments", amendment)
    assert (await year.reads(year.path))["objective"]["hours"] == "900.00"
    await year.hears("2026-07-16")
    assert await year.wishes() == [False]

    # August rests: no hours of it are taken, and its days do not pass.
    year.on("2026-08-03")
    await year.sheet("2026-07", {ANNA: "20,00", BILAL: "20,00", CHLOE: "20,00"})
    await year.does(f"{year.path}/suspend", {"since": "2026-08-01", "reason": "Ordre de service"})
    year.on("2026-08-31")
    # 208 days until the end of July, of 365 less the 31 of August.
    assert (await year.reads(f"{year.path}/progress"))["elapsed_share"] == "0.6228"
    resting = {"participant_id": ANNA, "employment_id": year.jobs[ANNA], "month": "2026-08", "hours": "1"}
    refused = await year.post(f"{year.path}/hours", resting, clerk)
    assert (refused.status_code, refused.json()["code"]) == (422, "contract-suspended")
    await year.adds_up("2026-08")
    await year.does(f"{year.path}/resume", {"on": "2026-09-01"})

    # Bilal's approval ends with September: the desk hears before, and October takes no hours of his.
    assert ("clause_eligibility_ending", ["facilitator-1"]) in await year.hears("2026-09-02")
    year.on("2026-10-05")
    await year.sheet("2026-09", {ANNA: "30,00", BILAL: "30,00", CHLOE: "30,00"})
    await year.adds_up("2026-09")
    year.on("2026-11-05")
    his = {"participant_id": BILAL, "employment_id": year.jobs[BILAL], "month": "2026-10", "hours": "10"}
    refused = await year.post(f"{year.path}/hours", his, clerk)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-eligible"), refused.text
    ended = {"ends_on": "2026-09-30", "end_reason": "end_of_contract"}
    where = f"/v1/employments/{year.jobs[BILAL]}"
    assert (await clauses.client.patch(where, json=ended, headers=headers)).status_code == 200
    for month, day in (("2026-10", "2026-11-05"), ("2026-11", "2026-12-04"), ("2026-12", "2027-01-04")):
        year.on(day)
        await year.sheet(month, {ANNA: "25,00", CHLOE: "25,00"})
        await year.adds_up(month)

    # What became of him, one and three months after.
    await year.does(f"{where}/exits", {"months": 1, "situation": "long_cdd", "seen_on": "2026-11-02"})
    await year.does(f"{where}/exits", {"months": 3, "situation": "cdi", "seen_on": "2027-01-04"})
    year.on("2027-01-06")
    assert await end_contracts(clauses.app.state.context) == 1
    assert (await year.reads(year.path))["status"] == "ended"
    total = (await year.reads("/v1/reports"))["total"]
    exact = sum((hours for hours, _ in year.counting.values()), ZERO)
    assert (total["objective_hours"], total["expected_hours"]) == ("900.00", "900.00")
    assert Decimal(total["validated_hours"]) == Decimal(total["rsa_hours"]) == exact
    assert (total["participants"], total["ended_employments"]) == (3, 1)
    assert total["exits"] == {"1": {"long_cdd": 1}, "3": {"cdi": 1}, "6": {}}
