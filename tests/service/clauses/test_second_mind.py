"""Years of a desk that a seed draws, asked of the service over HTTP and of ``second_mind`` beside it: each refusal has a reason
that the other finds too, and each figure is the same in contract, progress, ledger, reports and files.
"""

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from services.clauses.commands import alerts, participants
from services.clauses.commands.contracts import end_contracts
from shared.clock import HandClock
from tests.examples import examples
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.service.clauses.second_mind import (
    ZERO,
    Contract,
    Decision,
    Job,
    Ledger,
    Said,
    days_of,
    later,
    month_of,
    sums,
)
from tests.support import Running

PROFILE = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b01"
PEOPLE = ("P-1", "P-2", "P-3", PROFILE)
SEXES = {"P-1": "female", "P-2": "male", "P-3": "unstated", PROFILE: "female"}
KINDS = ("execution_condition", "reserved_iae", "grant_condition")
EMPLOYERS = ("Bâti Creuse", "Peinture Limousine")
RULES = ("unchecked", "unchecked", "each_month", "before_hire")


class Desk:
    """A world of three contracts, two contractors and four people, which one seed moves on."""

    def __init__(self, clauses: Running, people: People, clock: HandClock, seed: int) -> None:
        self.clauses, self.people, self.clock = clauses, people, clock
        self.client = clauses.client
        self.draw = random.Random(seed)
        self.ledger = Ledger()
        self.today = date(2023, 11, 1) + timedelta(days=self.draw.randrange(60))
        self.trail: list[str] = []
        self.gone: dict[str, str] = {}
        self._set()

    def _set(self) -> None:
        self.clock.set(datetime(self.today.year, self.today.month, self.today.day, 9, tzinfo=UTC))

    async def post(self, path: str, body: Any = None, who: dict[str, str] | None = None) -> httpx.Response:
        answer = await self.client.post(path, json=body, headers=who or self.people.facilitator)
        self.trail.append(
            f"{self.today} {path} {body} -> {answer.status_code} {answer.text[:300] if answer.is_error else ''}"
        )
        assert answer.status_code < 500, answer.text
        return answer

    async def get(self, path: str, **params: str) -> Any:
        answer = await self.client.get(path, params=params, headers=self.people.facilitator)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def open(self) -> None:
        for person in PEOPLE:
            body = {"participant_id": person, "sex": SEXES[person], "birth_year": 1990, "consented_on": "2023-10-01"}
            assert (await self.post("/v1/participants", body)).status_code == 201
        for number, kind in enumerate(KINDS):
            starts = date(2023, 10, 1) + timedelta(days=self.draw.randrange(150))
            ends = starts + timedelta(days=self.draw.randrange(20, 600))
            made = Contract(
                id="",
                kind=kind,
                authority=self.draw.choice(("Ville de Guéret", "Ville d'Aubusson")),
                starts=starts,
                ends=ends,
                objective=Decimal(self.draw.randrange(1, 300_000)).scaleb(-2),
                contractors=self.draw.choice((["contractor-1"], ["contractor-1", "contractor-2"])),
                rules=[("", self.draw.choice(RULES), self.draw.choice((1, 3, 12, 24)), self.draw.random() < 0.5)],
                cdi_months=self.draw.choice((3, 12, 48)),
                limit=self.draw.choice((Decimal("220.00"), Decimal("151.67"), Decimal("50.00"))),
                jobs_required=self.draw.random() < 0.2,
            )
            body = contract_body(
                title=f"Marché {number}",
                kind=kind,
                contracting_authority_name=made.authority,
                starts_on=str(starts),
                ends_on=str(ends),
                objective={"rule": "manual", "hours": str(made.objective), "reason": "Tirage"},
                contractor_ids=made.contractors,
                parameters={"monthly_limit_hours": str(made.limit)},
                lots=[{"id": "1"}, {"id": "2"}],
                rules=self._rules(made),
            )
            answer = await self.post("/v1/contracts", body)
            assert answer.status_code == 201, answer.text
            made.id = answer.json()["id"]
            self.ledger.contracts.append(made)
        for _ in range(6):
            await self.finds_eligible()
            await self.assigns()
            await self.assigns()

    def _rules(self, contract: Contract) -> dict[str, Any]:
        _, how, months, pools = contract.rules[-1]
        return {
            "eligibility": how,
            "validity": {"months": months, "cdi_months": contract.cdi_months},
            "employments_required": contract.jobs_required,
            "pools_hours": pools,
        }

    # -- steps

    async def step(self) -> None:
        steps = {
            self.passes: 4,
            self.declares: 14,
            self.decides_on_hours: 8,
            self.assigns: 4,
            self.employs: 5,
            self.ends_a_job: 2,
            self.finds_eligible: 4,
            self.withdraws: 1,
            self.amends: 2,
            self.changes_rules: 1,
            self.sends_a_sheet: 3,
            self.changes_with_an_old_version: 1,
            self.suspends: 1,
            self.resumes: 1,
            self.terminates: 0.4,
            self.erases: 0.3,
        }
        [chosen] = self.draw.choices(list(steps), list(steps.values()))
        await chosen()

    async def passes(self) -> None:
        """Days, some of which are borders."""
        self.today += timedelta(days=self.draw.choice((1, 7, 31, 45)))
        if self.draw.random() < 0.3:
            self.today = days_of(month_of(self.today))[self.draw.choice((0, -1))]
        self._set()
        await end_contracts(self.clauses.app.state.context)

    def _contract(self) -> Contract:
        return self.draw.choice(self.ledger.contracts)

    def _person(self) -> str:
        return self.draw.choice([one for one in PEOPLE if one not in self.gone])

    async def assigns(self) -> None:
        contract, person = self._contract(), self._person()
        if person in contract.assigned:
            if self.draw.random() < 0.8:
                return
            path = f"/v1/contracts/{contract.id}/participants/{person}"
            assert (await self.client.delete(path, headers=self.people.facilitator)).status_code == 204
            del contract.assigned[person]
            return
        whose = self.draw.choice((None, *contract.contractors))
        body = {"participant_id": person, "contractor_id": whose, "consented_on": "2023-10-01"}
        assert (await self.post(f"/v1/contracts/{contract.id}/participants", body)).status_code == 201
        contract.assigned[person] = whose

    async def employs(self) -> None:
        contract, person = self._contract(), self._person()
        contractor = self.draw.choice(("contractor-1", "contractor-2"))
        starts = contract.starts + timedelta(days=self.draw.randrange(-40, 200))
        ends = self.draw.choice((None, starts + timedelta(days=self.draw.randrange(0, 120))))
        kind, employer = self.draw.choice(("cdd", "cdi", "temporary")), self.draw.choice(EMPLOYERS)
        body = {"participant_id": person, "kind": kind, "employer": employer, "starts_on": str(starts)}
        body |= {"ends_on": None if ends is None else str(ends)}
        answer = await self.post(f"/v1/contracts/{contract.id}/employments", body, self._clerk(contractor))
        refused = (
            contractor not in contract.contractors
            or contract.assigned.get(person, "nobody") not in (None, contractor)
            or starts > contract.last_day
            or (ends is not None and ends < contract.starts)
            or (starts - self.today).days > 366
            or any(
                (job.contract, job.person, job.kind, job.employer, job.starts, job.contractor)
                == (contract, person, kind, employer, starts, contractor)
                for job in self.ledger.jobs
            )
        )
        assert answer.is_error == refused, answer.text
        if not refused:
            made = Job(answer.json()["id"], person, contract, contractor, kind, employer, starts, ends)
            self.ledger.jobs.append(made)

    async def ends_a_job(self) -> None:
        if not self.ledger.jobs:
            return
        job = self.draw.choice(self.ledger.jobs)
        if job.person in self.gone.values() or job.contractor not in job.contract.contractors:
            return
        ends = job.starts + timedelta(days=self.draw.randrange(0, 150))
        path = f"/v1/employments/{job.id}"
        read = await self.client.get(path, headers=self.people.facilitator)
        answer = await self.client.patch(
            path, json={"ends_on": str(ends)}, headers=self.people.facilitator | {"If-Match": read.headers["etag"]}
        )
        self.trail.append(f"{self.today} PATCH {path} {ends} -> {answer.status_code} {answer.text[:200]}")
        months = [one.month for one in self.ledger.counting() if one.job is job]
        refused = (
            ends < job.contract.starts
            or any(month > month_of(ends) for month in months)
            or job.starts > job.contract.last_day
        )
        assert answer.is_error == refused, answer.text
        if not refused:
            job.ends = ends

    async def finds_eligible(self) -> None:
        person = self._person()
        since = self.today - timedelta(days=self.draw.choice((0, 0, 30, 200)))
        until = self.draw.choice((None, None, since + timedelta(days=self.draw.randrange(0, 200))))
        seen = [{"kind": "caf_statement", "dated": str(since)}]
        body = {"categories": ["rsa"], "evidence": seen, "valid_from": str(since)}
        body |= {"valid_until": None if until is None else str(until)}
        answer = await self.post(f"/v1/participants/{person}/eligibilities", body)
        assert answer.status_code == 201, answer.text
        made = Decision(person, since, until, self.today)
        made.id = answer.json()["id"]
        self.ledger.decisions.append(made)

    async def withdraws(self) -> None:
        standing = [one for one in self.ledger.decisions if not one.withdrawn and one.person not in self.gone.values()]
        if standing:
            one = self.draw.choice(standing)
            answer = await self.post(f"/v1/eligibilities/{one.id}/withdraw", {"reason": "Erreur"})
            assert answer.status_code == 200, answer.text
            one.withdrawn = True

    async def sends_a_sheet(self) -> None:
        """Lines of one contractor on one contract: all are declared, or none."""
        contract, contractor = self._contract(), "contractor-1"
        before = self.today - timedelta(days=31)
        month = self.draw.choice((month_of(self.today), month_of(before), month_of(contract.starts)))
        unchecked = contract.rules_in(month)[0] == "unchecked"
        rows: list[str] = []
        wanted: list[Said] = []
        refused = False
        for person in self.draw.sample([one for one in PEOPLE if one not in self.gone], 2):
            hours = Decimal(self.draw.randrange(1, 6_000)).scaleb(-2)
            alike = [
                one
                for one in self.ledger.jobs
                if (one.contract, one.person, one.contractor, one.kind, one.employer)
                == (contract, person, contractor, "cdd", EMPLOYERS[0])
                and one.days(month)
            ]
            job = alike[0] if alike else None
            said = Said("", contract, contractor, person, job, "cdd", EMPLOYERS[0], month, hours)
            why = self.ledger.why_not(said, self.today)
            if unchecked and person != PROFILE:
                why.discard("participant-not-assigned")
            if person == PROFILE and person not in contract.assigned:
                why.add("participant-not-assigned")
            said.checked = not unchecked
            rows.append(f"{person};CDD;{EMPLOYERS[0]};{month};{hours}")
            wanted.append(said)
            refused |= bool(why) or len(alike) > 1
        content = "\r\n".join(("Participant;Nature du contrat;Employeur;Mois;Heures", *rows)).encode()
        headers = self.people.contractor | {"Content-Type": "text/csv"}
        answer = await self.client.post(f"/v1/contracts/{contract.id}/sheets", content=content, headers=headers)
        self.trail.append(f"{self.today} sheet {rows} -> {answer.status_code} {answer.text[:900]}")
        if contractor not in contract.contractors:
            assert answer.status_code == 404
            return
        found = answer.json()
        if any(line["outcome"] == "unchanged" for line in found["lines"]):
            # As many hours as stand already, by chance: what a sheet sent twice does is another test's.
            assert not found["declared"]
            return
        assert found["applied"] != refused, (found, wanted)
        if found["applied"]:
            for line, said in zip(found["lines"], wanted, strict=True):
                said.id = line["hours_id"]
                self.ledger.said.append(said)

    def _clerk(self, contractor: str) -> dict[str, str]:
        return self.people.contractor if contractor == "contractor-1" else self.people.other_contractor

    def _month(self, contract: Contract, person: str) -> str:
        """Some months are borders: of the contract, of its suspensions, of an eligibility; some have hours already."""
        near = month_of(self.today - timedelta(days=self.draw.choice((-20, 0, 15, 31, 62, 200))))
        borders = [contract.starts, contract.last_day]
        borders += [day for since, until in contract.rests for day in (since, until or since)]
        first = self.ledger.first_hired(person)
        for _, _, months, _ in contract.rules if first is not None else ():
            borders += [later(first, months), later(first, contract.cdi_months)]
        borders += [decision.valid_until for decision in self.ledger.decisions if decision.valid_until is not None]
        held = [one.month for one in self.ledger.counting() if one.person == person]
        return self.draw.choice((near, near, month_of(self.draw.choice(borders)), self.draw.choice([*held, near])))

    async def declares(self) -> None:
        contract, person = self._contract(), self._person()
        contractor = self.draw.choice(("contractor-1", "contractor-2", *contract.contractors))
        month = self._month(contract, person)
        most = self.draw.choice((2_000, 11_000, 11_000, 24_000))
        hours = self.draw.choice((ZERO, *(Decimal(self.draw.randrange(1, most)).scaleb(-2) for _ in range(4))))
        jobs = [job for job in self.ledger.jobs if (job.person, job.contractor) == (person, contractor)]
        jobs = [job for job in jobs if job.contract is contract or contract.rules_in(month)[2]]
        job = self.draw.choice((None, *jobs))
        kind = self.draw.choice(("cdd", "cdi", "temporary")) if job is None else job.kind
        employer = self.draw.choice(EMPLOYERS) if job is None else job.employer
        body = hours_body(participant_id=person, month=month, hours=str(hours), evidence=[], contractor_id=contractor)
        del body["employment"]
        body |= {"employment_id": job.id} if job is not None else {"employment": {"kind": kind, "employer": employer}}
        staff = self.draw.random() < 0.3
        if job is None:
            named = [
                one
                for one in self.ledger.jobs
                if (one.contract, one.person, one.contractor, one.kind, one.employer)
                == (contract, person, contractor, kind, employer)
                and one.days(month)
            ]
            if len(named) > 1:
                return
            job = named[0] if named else None
        lot = self.draw.choice((None, None, "1", "2"))
        if lot is not None:
            body["lot_id"] = lot
        said = Said("", contract, contractor, person, job, kind, employer, month, hours, lot)
        why = self.ledger.why_not(said, self.today)
        if contractor not in contract.contractors:
            held = any(contractor in contract.holders(day) for day in days_of(month))
            earlier = any(contractor in before for _, before, _ in contract.transfers)
            if not staff or not (held and earlier) or lot is not None:
                why.add("hours-refused" if staff else "contract-unknown")
        if person == PROFILE and person not in contract.assigned:
            why.add("participant-not-assigned")
        unchecked = contract.rules_in(month)[0] == "unchecked"
        if unchecked and not staff and person != PROFILE:
            why.discard("participant-not-assigned")
        others = any(one.same(said) and one.contractor != contractor for one in self.ledger.counting())
        answer = await self.post(
            f"/v1/contracts/{contract.id}/hours", body, self.people.facilitator if staff else self._clerk(contractor)
        )
        if answer.status_code == 201:
            assert not why, (why, body)
            said.id, said.checked = answer.json()["id"], not unchecked
            self.ledger.said.append(said)
        elif not (staff and others and answer.json()["code"] == "declared-already"):
            assert answer.json()["code"] in why, (answer.json(), why, body)

    async def decides_on_hours(self) -> None:
        if not self.ledger.said:
            return
        # The newest first: what was decided long ago takes no step any more.
        one = self.draw.choice(self.ledger.said[-self.draw.choice((3, 10, 1_000)) :])
        step = self.draw.choice(("validate", "validate", "reject", "correct"))
        hours = Decimal(self.draw.randrange(0, 11_000)).scaleb(-2)
        bodies = {"reject": {"reason": "Illisible"}, "correct": {"hours": str(hours), "reason": "Absence"}}
        answer = await self.post(f"/v1/hours/{one.id}/{step}", bodies.get(step))
        why: set[str] = set()
        if step == "validate":
            why = self.ledger.why_not_valid(one)
        elif one.state != "declared" and (step == "reject" or one.state != "validated"):
            why = {"transition-refused"}
        elif step == "correct":
            before, one.state = one.state, "corrected"
            trial = replace(one, id="", hours=hours, state="declared")
            why = self.ledger.why_not(trial, self.today) & {"monthly-limit-exceeded"}
            if hours > one.hours:
                more = {"contract-not-running", "contract-suspended", "employment-not-covering"}
                why |= self.ledger.why_not(trial, self.today) & more
            one.state = before
        if answer.is_error:
            assert answer.json()["code"] in why, (answer.json(), why, one)
            return
        assert not why, (step, why, one)
        if step == "correct":
            trial.id, trial.checked = answer.json()["id"], one.checked
            self.ledger.said.append(trial)
        one.state = {"validate": "validated", "reject": "rejected", "correct": "corrected"}[step]

    async def amends(self) -> None:
        contract = self._contract()
        what = self.draw.choice(("objective", "ends_on", "contractor_ids"))
        since = contract.starts + timedelta(days=self.draw.choice((0, 40, 100)))
        since = min(since, contract.ends)
        body: dict[str, Any] = {"effective_on": str(since), "reason": "Avenant"}
        ends = contract.ends + timedelta(days=self.draw.randrange(-200, 200))
        if what == "objective":
            hours = Decimal(self.draw.randrange(1, 300_000)).scaleb(-2)
            body["objective"] = {"rule": "manual", "hours": str(hours), "reason": "Avenant"}
        elif what == "ends_on":
            body["ends_on"] = str(ends)
        else:
            holders = self.draw.choice((["contractor-1"], ["contractor-2"], ["contractor-1", "contractor-2"]))
            body["contractor_ids"] = holders
        answer = await self.post(f"/v1/contracts/{contract.id}/amendments", body)
        refused = contract.terminated is not None
        own = [one.month for one in self.ledger.counting() if one.contract is contract and one.hours]
        if what == "ends_on":
            changed = replace(contract, ends=ends)
            refused |= not contract.starts <= since <= max(ends, contract.ends)
            refused |= ends < contract.starts or any(month > month_of(ends) for month in own) or ends == contract.ends
            refused |= any(_all_rest(changed, month) and not _all_rest(contract, month) for month in own)
        elif what == "contractor_ids":
            refused |= holders == contract.contractors
        assert answer.is_error == refused, answer.text
        if not refused:
            if what == "objective":
                contract.objective = hours
            elif what == "ends_on":
                contract.ends = ends
            else:
                contract.transfers.append((since, contract.contractors, holders))
                contract.contractors = holders

    async def changes_with_an_old_version(self) -> None:
        """Two facilitators have read the same version: the second is told, and nothing of theirs is taken over."""
        contract = self._contract()
        path = f"/v1/contracts/{contract.id}"
        tag = (await self.client.get(path, headers=self.people.facilitator)).headers["etag"]
        hours = [Decimal(self.draw.randrange(1, 300_000)).scaleb(-2) for _ in range(2)]
        codes = []
        for one in hours:
            body = {"objective": {"rule": "manual", "hours": str(one), "reason": "Saisie"}}
            answer = await self.client.patch(path, json=body, headers=self.people.facilitator | {"If-Match": tag})
            codes.append(answer.status_code)
        if contract.terminated is None:
            assert codes == [200, 412]
            contract.objective = hours[0]
        else:
            assert codes == [409, 409]

    async def changes_rules(self) -> None:
        """From a month on, which is none before the latest version's."""
        contract = self._contract()
        since = month_of(contract.starts + timedelta(days=self.draw.randrange(0, 300)))
        version = (since, self.draw.choice(RULES), self.draw.choice((1, 3, 12, 24)), self.draw.random() < 0.5)
        changed = replace(contract, rules=[*contract.rules, version])
        body = {"since": since, "rules": self._rules(changed), "reason": "Avenant"}
        answer = await self.post(f"/v1/contracts/{contract.id}/rules", body)
        refused = contract.terminated is not None or since < contract.rules[-1][0]
        assert answer.is_error == refused, answer.text
        if not refused:
            contract.rules.append(version)

    async def suspends(self) -> None:
        contract = self._contract()
        since = contract.starts + timedelta(days=self.draw.randrange(0, 300))
        until = self.draw.choice((None, since + timedelta(days=self.draw.randrange(0, 100))))
        body = {"since": str(since), "until": None if until is None else str(until), "reason": "Ordre de service"}
        answer = await self.post(f"/v1/contracts/{contract.id}/suspend", body)
        last = contract.rests[-1] if contract.rests else None
        own = [one.month for one in self.ledger.counting() if one.contract is contract and one.hours]
        changed = replace(contract, rests=[*contract.rests, (since, until)])
        refused = (
            contract.terminated is not None
            or (last is not None and (last[1] is None or since <= last[1]))
            or since > contract.ends
            or (until is not None and until > contract.ends)
            or any(_all_rest(changed, month) and not _all_rest(contract, month) for month in own)
        )
        assert answer.is_error == refused, answer.text
        if not refused:
            contract.rests.append((since, until))

    async def resumes(self) -> None:
        contract = self._contract()
        on = contract.starts + timedelta(days=self.draw.randrange(0, 300))
        answer = await self.post(f"/v1/contracts/{contract.id}/resume", {"on": str(on)})
        last = contract.rests[-1] if contract.rests else None
        refused = contract.terminated is not None or last is None or last[1] is not None or on <= last[0]
        assert answer.is_error == refused, answer.text
        if not refused:
            contract.rests[-1] = (last[0], on - timedelta(days=1))  # type: ignore[index]

    async def terminates(self) -> None:
        contract = self._contract()
        on = contract.starts + timedelta(days=self.draw.randrange(0, 300))
        answer = await self.post(f"/v1/contracts/{contract.id}/terminate", {"on": str(on), "reason": "Faute"})
        own = [one.month for one in self.ledger.counting() if one.contract is contract and one.hours]
        changed = replace(contract, terminated=on)
        refused = (
            contract.terminated is not None
            or on > contract.ends
            or any(month > month_of(on) for month in own)
            or any(_all_rest(changed, month) and not _all_rest(contract, month) for month in own)
        )
        assert answer.is_error == refused, answer.text
        if not refused:
            contract.terminated = on

    async def erases(self) -> None:
        if len(self.gone) == 2:
            return
        person = self._person()
        if person == PROFILE:
            await participants.forget(self.clauses.app.state.context, person)
        else:
            path = f"/v1/participants/{person}"
            answer = await self.client.delete(path, headers=self.people.facilitator)
            assert answer.status_code == 204, answer.text
        self.trail.append(f"{self.today} erase {person}")
        self.gone[person] = gone = f"gone-{person}"
        about: list[Said | Job | Decision] = [*self.ledger.said, *self.ledger.jobs, *self.ledger.decisions]
        for one in about:
            if one.person == person:
                one.person = gone
        for contract in self.ledger.contracts:
            contract.assigned.pop(person, None)

    # -- what is read

    async def figures_agree(self) -> None:
        counting = self.ledger.counting()
        for contract in self.ledger.contracts:
            await self._of_contract(contract)
        months = sorted({one.month for one in counting}) or ["2024-01"]
        periods: list[tuple[str | None, str | None]] = [(None, None), (months[0], months[-1])]
        periods += [(self.draw.choice(months), None), (None, self.draw.choice(months))]
        periods += [("2024-01", "2024-12"), ("2024-02", "2024-02")]
        for first, last in periods:
            for by in ("contract", "kind", "authority", "territory"):
                await self._of_report(by, first, last)
        await self._of_people()
        await self._of_alerts()

    async def _of_people(self) -> None:
        """Pathways; of the erased there is none."""
        for person in PEOPLE:
            if person in self.gone:
                continue
            found = await self.get(f"/v1/participants/{person}/pathway")
            own = [one for one in self.ledger.counting() if one.person == person and one.hours]
            assert (Decimal(found["declared_hours"]), Decimal(found["validated_hours"])) == sums(own)

    async def _of_alerts(self) -> None:
        """What is told as late, month by month: after the 15th of the month behind the period's end, for a year."""
        await alerts.look(self.clauses.app.state.context)
        told = {}
        for contract in self.ledger.contracts:
            found = await self.get("/v1/alerts", contract_id=contract.id, limit="100")
            facts = [fact["what"] for one in found["items"] if one["kind"] == "hours_late" for fact in one["facts"]]
            told[contract.id] = {fact for fact in facts if not fact.startswith("period:")}
        gone = {job.id for job in self.ledger.jobs if job.person in self.gone.values()}
        for contract in self.ledger.contracts:
            wanted = set()
            for end, missing in self.ledger.late(contract, self.today).items():
                due = later(end.replace(day=1), 1).replace(day=15)
                if due < self.today <= due + timedelta(days=366) and end < self.today:
                    wanted |= {f"{job}|{month}" for job, month in missing if job not in gone}
            assert told[contract.id] == wanted, (contract, told[contract.id], wanted)

    async def _of_contract(self, contract: Contract) -> None:
        shown = await self.get(f"/v1/contracts/{contract.id}")
        own = [one for one in self.ledger.counting() if one.contract is contract]
        assert (Decimal(shown["declared_hours"]), Decimal(shown["validated_hours"])) == sums(own)
        assert shown["status"] == ("ended" if contract.last_day < self.today else "running")
        progress = await self.get(f"/v1/contracts/{contract.id}/progress")
        for name, value in self.ledger.stands(contract, self.today).items():
            told = progress[name]
            told = Decimal(told) if isinstance(told, str) else told
            assert told == value, (name, told, value, contract)
        entries: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(f"/v1/contracts/{contract.id}/ledger", limit="100", **cursor)
            entries += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        for at, name in enumerate(("declared_delta", "validated_delta")):
            assert sum((Decimal(one[name]) for one in entries), ZERO) == sums(own)[at]
        found = await self.get(f"/v1/contracts/{contract.id}/reporting")
        late = self.ledger.late(contract, self.today)
        gone = {job.id for job in self.ledger.jobs if job.person in self.gone.values()}
        for period in found["items"]:
            missing = {(one["employment_id"], one["month"]) for one in period["missing"]}
            wanted = {one for one in late[date.fromisoformat(period["ends_on"])] if one[0] not in gone}
            assert missing == wanted, (period["ends_on"], missing, wanted)

    async def _of_report(self, by: str, first: str | None, last: str | None) -> None:
        query = {name: value for name, value in (("from", first), ("to", last)) if value is not None}
        found = await self.get("/v1/reports", by=by, **query)
        here = [
            one
            for one in self.ledger.contracts
            if (last is None or month_of(one.starts) <= last) and (first is None or month_of(one.last_day) >= first)
        ]
        keys = {
            "contract": lambda one: one.id,
            "kind": lambda one: one.kind,
            "authority": lambda one: one.authority,
            "territory": lambda one: "23",
        }
        lines = {line["label"] if by == "authority" else line["key"]: line for line in found["groups"]}
        assert set(lines) == {keys[by](one) for one in here}
        for key, line in (*lines.items(), ("", found["total"])):
            those = [one for one in here if key in ("", keys[by](one))]
            self._same(line, those, first, last)
        for line, row in zip((*found["groups"], found["total"]), await self._csv(by, query), strict=True):
            _as_row(line, row)
        if self.draw.random() < 0.1:
            for line, row in zip((*found["groups"], found["total"]), await self._xlsx(by, query), strict=True):
                _as_row(line, row)

    def _same(self, line: dict[str, Any], contracts: list[Contract], first: str | None, last: str | None) -> None:
        own = [one for one in self.ledger.counting() if one.contract in contracts]
        own = [one for one in own if (first is None or one.month >= first) and (last is None or one.month <= last)]
        who = {one.person for one in own if one.hours}
        sexes = [SEXES[one.removeprefix("gone-")] for one in who]
        eligible = {one.person for one in self.ledger.decisions if not one.withdrawn}
        wanted: dict[str, Any] = {
            "contracts": len(contracts),
            "authorities": len({one.authority for one in contracts}),
            "objective_hours": sum((one.objective for one in contracts), ZERO),
            "expected_hours": sum((self.ledger.expected(one, self.today, first, last) for one in contracts), ZERO),
            "declared_hours": sums(own)[0],
            "validated_hours": sums(own)[1],
            "validated_whole_hours": int(sums(own)[1]),
            "participants": len(who),
            "by_sex": {sex: sexes.count(sex) for sex in ("female", "male", "unstated")},
            "rsa_hours": sums([one for one in own if one.person in eligible])[1],
        }
        ended = [
            job
            for job in self.ledger.jobs
            if job.contract in contracts
            and job.ends is not None
            and (first is None or month_of(job.ends) >= first)
            and (last is None or month_of(job.ends) <= last)
        ]
        wanted["ended_employments"] = len(ended)
        for name, value in wanted.items():
            told = line[name]
            told = Decimal(told) if isinstance(told, str) else told
            assert told == value, (line["label"], name, told, value, first, last)

    async def _csv(self, by: str, query: dict[str, str]) -> list[list[Any]]:
        answer = await self.client.get(
            "/v1/reports", params={"by": by, "format": "csv", **query}, headers=self.people.facilitator
        )
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        return rows[1:]

    async def _xlsx(self, by: str, query: dict[str, str]) -> list[list[Any]]:
        answer = await self.client.get(
            "/v1/reports", params={"by": by, "format": "xlsx", **query}, headers=self.people.facilitator
        )
        rows = [list(row) for row in load_workbook(io.BytesIO(answer.content))["Bilan"].iter_rows(values_only=True)]
        return rows[[row[0] for row in rows].index("Ligne") + 1 :]


def _all_rest(contract: Contract, month: str) -> bool:
    running = [day for day in days_of(month) if contract.runs(day)]
    return bool(running) and all(contract.rests_on(day) for day in running)


def _as_row(line: dict[str, Any], row: list[Any]) -> None:
    names = ("contracts", "authorities", "objective_hours", "expected_hours", "declared_hours", "validated_hours")
    names = (*names, "validated_whole_hours", "participants")
    told = [Decimal(str(cell).replace(",", ".").replace("\u202f", "")).quantize(ZERO) for cell in row[1:9]]
    assert told == [Decimal(str(line[name])).quantize(ZERO) for name in names], (line, row)


@pytest.mark.parametrize("seed", range(round(examples(2).max_examples)))
async def test_any_years_of_a_desk_are_what_a_second_mind_says(
    clauses: Running, people: People, clock: HandClock, seed: int
) -> None:
    desk = Desk(clauses, people, clock, seed)
    await desk.open()
    for number in range(160):
        try:
            await desk.step()
            if number % 40 == 39:
                await desk.figures_agree()
        except AssertionError as wrong:
            raise AssertionError("\n".join(desk.trail[-40:])) from wrong
