"""The act of the social clause: a public contract, a month of hours of people hired on it, and how far it is."""

from datetime import UTC, date, datetime

from deploy.demo.client import AlreadyApplied, DemoFailed
from deploy.demo.plan import CONTRACTOR, FACILITATOR
from deploy.demo.stage import Json, Stage

_ACT = "Heures d'insertion"
_TITLE = "Réhabilitation de l'école du bourg"
_HOURS = ("121.33", "98.50", "151.67", "64.00", "110.25", "87.00")
_VALIDATED = 4


async def clause(stage: Stage) -> Json:
    """Conclude a contract, declare hours for the people who were hired first, validate most; its progress."""
    today = datetime.now(UTC).date()
    body = {
        "reference": "DEMO-001",
        "title": _TITLE,
        "kind": "execution_condition",
        "contracting_authority_name": "Communauté de communes du Plateau (démonstration)",
        "territory": stage.plan.department,
        "starts_on": _months_ago(today, 3).isoformat(),
        "ends_on": _months_ago(today, -5).isoformat(),
        "amount": "1000000.00",
        "objective": {
            "rule": "labour_share",
            "amount": "1000000.00",
            "labour_share_percent": "50",
            "effort_percent": "5",
            "hourly_cost": "30.00",
        },
        "contractor_ids": [CONTRACTOR.organisation],
    }

    async def concluded() -> Json | None:
        listed = await stage.client.everything("clauses", "/v1/contracts", FACILITATOR)
        return next((one for one in listed if one["title"] == _TITLE), None)

    contract = await stage.client.create("clauses", "/v1/contracts", "contract", body, FACILITATOR, concluded)
    await _joins(stage)
    path, people = (f"/v1/contracts/{contract['id']}/{part}" for part in ("hours", "participants"))
    month = f"{_months_ago(today, 1):%Y-%m}"
    # Hours are exact decimals; a participant is named by an id, never by a name.
    participants = list(dict.fromkeys([*stage.hired, *stage.profiles.values()]))[: len(_HOURS)]

    async def declare(number: int) -> None:
        linked = {"participant_id": participants[number], "consented_on": today.isoformat()}

        async def on_it() -> Json | None:
            listed = await stage.client.everything("clauses", people, FACILITATOR)
            return next((one for one in listed if one["participant_id"] == participants[number]), None)

        # A profile is named on a contract only where the facilitator has linked it, with the person's consent.
        await stage.client.create("clauses", people, f"participant:{number}", linked, FACILITATOR, on_it)
        await _eligible(stage, number, linked, month)
        given = {
            "participant_id": participants[number],
            "employment": {"kind": "cdd", "employer": "Bâtiment du Plateau"},
            "month": month,
            "hours": _HOURS[number],
            "evidence": [{"kind": "timesheet"}],
        }

        async def declared() -> Json | None:
            listed = await stage.client.everything("clauses", path, CONTRACTOR)
            return next((one for one in listed if one["participant_id"] == participants[number]), None)

        hours = await stage.client.create("clauses", path, f"hours:{number}", given, CONTRACTOR, declared)
        if number < _VALIDATED:
            try:
                validate = f"/v1/hours/{hours['id']}/validate"
                await stage.client.post("clauses", validate, f"validate:{number}", None, FACILITATOR)
            except AlreadyApplied:
                return

    # One after the other: each changes the same contract's totals, and the events tell each of them.
    await stage.in_waves(_ACT, range(len(participants)), declare)
    progress: Json = await stage.client.get("clauses", f"/v1/contracts/{contract['id']}/progress", FACILITATOR)
    if float(progress["declared_hours"]) != sum(map(float, _HOURS[: len(participants)])):
        raise DemoFailed(f"The contract counts {progress['declared_hours']} h, which is not what was declared.")
    return progress | {"title": contract["title"]}


async def _joins(stage: Stage) -> None:
    """The contractor's clerk accepts the facilitator's invitation: membership decides who declares, no claim of a token."""
    place = f"/v1/contractors/{stage.plan.department}/{CONTRACTOR.organisation}"
    if CONTRACTOR.subject in (await stage.client.get("clauses", f"{place}/users", FACILITATOR))["users"]:
        return

    async def invited() -> Json | None:
        found = (await stage.client.get("clauses", f"{place}/invitations", FACILITATOR))["items"]
        return found[0] if found else None

    meant = {"user_id": CONTRACTOR.subject}
    made = await stage.client.create("clauses", f"{place}/invitations", "invitation", meant, FACILITATOR, invited)
    link = made["link"]
    try:
        await stage.client.post("clauses", f"{link[link.index('/v1/') :]}/acceptance", "joined", None, CONTRACTOR)
    except AlreadyApplied:
        return


async def _eligible(stage: Stage, number: int, linked: Json, month: str) -> None:
    """The facilitator records the person and decides that they are eligible: what the papers showed since the month began."""
    name, where = linked["participant_id"], {"territory": stage.plan.department}
    path = f"/v1/participants/{name}"

    async def known() -> Json | None:
        found: Json = await stage.client.get("clauses", path, FACILITATOR, **where)
        return found

    async def decided() -> Json | None:
        listed = await stage.client.everything("clauses", f"{path}/eligibilities", FACILITATOR, **where)
        return listed[0] if listed else None

    await stage.client.create("clauses", "/v1/participants", f"person:{number}", linked | where, FACILITATOR, known)
    seen = {
        "categories": ["long_term_unemployed"],
        "evidence": [{"kind": "registration_history", "dated": f"{month}-01"}],
        "valid_from": f"{month}-01",
    }
    decide = f"{path}/eligibilities?territory={stage.plan.department}"
    await stage.client.create("clauses", decide, f"decision:{number}", seen, FACILITATOR, decided)


def _months_ago(day: date, months: int) -> date:
    """The first day of the month so many months before (after, when negative)."""
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)
