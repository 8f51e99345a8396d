"""The acts, in order: employers, people, a partner's feed, publication, newcomers, applications to hires."""

from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.bodies import Deposit, companies, profile, reserved_publics
from deploy.demo.client import AlreadyApplied, DemoFailed
from deploy.demo.feed import Feed
from deploy.demo.plan import COUNSELLORS, MANAGER, PARTNER, employer
from deploy.demo.stage import Json, Stage
from shared.auth import Role
from shared.contracts.vocabulary import ContractKind

_WAVE = 4
"""Offers that go live, or applications that advance, at the same time."""
_UNLIMITED = (ContractKind.CDI.value,)


async def employers(stage: Stage) -> None:
    """Employers register, a manager approves them, and they deposit their offers as drafts."""
    registrations = companies(stage.world, stage.deposits)

    async def register(number: int) -> None:
        by, body = employer(number), registrations[number]

        async def mine() -> Json | None:
            return next(iter(await stage.client.everything("offers", "/v1/companies", by)), None)

        company = await stage.client.create("offers", "/v1/companies", f"company:{number}", body, by, mine)
        stage.companies[number] = company["id"]
        path = f"/v1/companies/{company['id']}"
        await moderate(f"{path}/approve", f"approve:{number}", {"reason": ""})
        publics = reserved_publics(stage.deposits, number)
        if publics:
            # Who reserves an offer is looked at first: whom it takes tells who people are.
            await moderate(f"{path}/verification", f"verify:{number}", {"publics": publics, "reason": "Convention vue"})

    async def moderate(path: str, key: str, body: Json) -> None:
        try:
            await stage.client.post("offers", path, key, body, MANAGER)
        except AlreadyApplied:
            return

    await stage.each("Employeurs inscrits et validés", registrations, register)

    async def deposit(one: Deposit) -> None:
        by, company = employer(one.company), stage.companies[one.company]

        async def mine() -> Json | None:
            drafts = await stage.client.everything("offers", f"/v1/companies/{company}/offers", by)
            same = (d for d in drafts if d["occupation_code"] == one.body["occupation_code"])
            return next(same, None)

        offer = await stage.client.create(
            "offers", "/v1/offers", f"offer:{one.row}", one.body | {"company_id": company}, by, mine
        )
        stage.offers[one.row] = offer["id"]

    await stage.each("Offres déposées", stage.deposits, deposit)


async def people(stage: Stage) -> None:
    """Counsellors say how they are reached; people are registered by them or register alone."""
    for number, counsellor in enumerate(COUNSELLORS, 1):
        body = {
            "first_name": "Claire",
            "email": f"conseil-{number}@demo.example",
            "territory": stage.plan.department,
        }
        await stage.client.put("profiles", "/v1/contacts/me", body, counsellor)
    await stage.each("Personnes inscrites", range(stage.plan.profiles), lambda row: _register(stage, row))
    await stage.rest("Personnes inscrites")


async def _register(stage: Stage, row: int) -> None:
    by = stage.plan.registrar(row)
    body = profile(stage.world, row, staff=by.role is not Role.SEEKER)

    async def mine() -> Json | None:
        if by.role is Role.SEEKER:
            found: Json = await stage.client.get("profiles", "/v1/profiles/me", by)
            return found
        listed = await stage.client.everything("profiles", "/v1/profiles", by, q=body["last_name"])
        return next(iter(listed), None)

    made = await stage.client.create("profiles", "/v1/profiles", f"profile:{row}", body, by, mine)
    stage.profiles[row] = made["id"]


async def feed(stage: Stage, source: Feed) -> Json:
    """A partner sends its offers; the answer says line by line what came of them."""
    act = "Offres importées d'un flux"
    stage.step(act, 0, 1)
    try:
        report: Json = await stage.client.send_file(
            "offers", "/v1/imports", "import", source.content, source.content_type, PARTNER
        )
    except AlreadyApplied:
        # Rows that are there already are accepted as unchanged, so a second import reports the same.
        report = await stage.client.send_file(
            "offers", "/v1/imports", "import:again", source.content, source.content_type, PARTNER
        )
    await stage.rest(act)
    stage.step(act, 1, 1)
    return report


async def publication(stage: Stage) -> None:
    """Employers publish, a few at a time; these offers find their people before the next ones go live."""

    async def publish(one: Deposit) -> None:
        await _once(stage, f"/v1/offers/{stage.offers[one.row]}/publish", f"publish:{one.row}", None, one)

    await stage.in_waves("Offres publiées et proposées", stage.deposits, publish, _WAVE)


async def newcomers(stage: Stage) -> None:
    """People who arrive when offers are there already."""
    first = stage.plan.profiles
    rows = range(first, first + stage.plan.newcomers)
    await stage.in_waves("Nouvelles personnes", rows, lambda row: _register(stage, row))


async def applications(stage: Stage) -> None:
    """People apply to what was recommended to them; employers meet some and hire some of these."""
    chosen = _matches(stage)
    if not chosen:
        raise DemoFailed("Nothing was recommended to anybody.")
    made: dict[int, str] = {}

    async def apply(match: tuple[int, Deposit, Json]) -> None:
        row, one, recommendation = match
        by = stage.plan.registrar(row)
        body = {
            "profile_id": stage.profiles[row],
            "message": "Disponible tout de suite.",
            "recommendation_id": recommendation["recommendation_id"],
        }

        async def mine() -> Json | None:
            listed = await stage.client.everything("offers", "/v1/applications", by, profile_id=stage.profiles[row])
            return next((a for a in listed if a["offer_id"] == stage.offers[one.row]), None)

        body["disclosure_id"] = await _agreed(stage, row, one)
        path = f"/v1/offers/{stage.offers[one.row]}/applications"
        made[row] = (await stage.client.create("offers", path, f"apply:{row}", body, by, mine))["id"]

    await stage.in_waves("Candidatures", chosen, apply, _WAVE)

    async def meet(match: tuple[int, Deposit, Json]) -> None:
        row, one, _ = match
        interview = {
            "at": f"{_in_days(7)}T09:00:00Z",
            "contact": "la personne à l'accueil",
            "to_bring": "Une pièce d'identité",
        }
        await _advance(stage, made[row], one, {"to": "interview", "interview": interview})

    met = chosen[: stage.plan.interviews]
    await stage.in_waves("Entretiens", met, meet, _WAVE)

    async def hire(match: tuple[int, Deposit, Json]) -> None:
        row, one, _ = match
        kind = one.body["contract_kind"]
        terms = {"contract_kind": kind, "starts_on": _in_days(14), "weekly_hours": one.body["weekly_hours"]}
        if kind not in _UNLIMITED:
            terms["duration_months"] = one.body["duration_months"]
        await _advance(stage, made[row], one, {"to": "hired", "hire": terms})
        stage.hired.append(stage.profiles[row])

    await stage.in_waves("Embauches", met[: stage.plan.hires], hire, _WAVE)


async def _agreed(stage: Stage, row: int, one: Deposit) -> str:
    """What the employer will read is shown to the person, or read out on the phone, and they agree to it: the receipt's id."""
    by, path = stage.plan.registrar(row), f"/v1/profiles/{stage.profiles[row]}/disclosure"
    offer_id = stage.offers[one.row]
    body: Json = {
        "company_id": stage.companies[one.company],
        "offer_id": offer_id,
        "text_version": (await stage.client.get("profiles", path, by))["text_version"],
    }
    if by.role is not Role.SEEKER:
        body["heard"] = "by_phone"

    async def mine() -> Json | None:
        listed = await stage.client.everything("profiles", f"{path}s", by)
        return next((given for given in listed if given["offer_id"] == offer_id), None)

    given: Json = await stage.client.create("profiles", f"{path}s", f"agree:{row}", body, by, mine)
    return str(given["id"])


def _matches(stage: Stage) -> list[tuple[int, Deposit, Json]]:
    """For people in order, the best of what is recommended to them that nobody before them took."""
    by_id = {stage.offers[one.row]: one for one in stage.deposits}
    of_person: dict[str, list[tuple[float, int, Json]]] = {}
    for (profile_id, offer_id), data in stage.live_recommendations().items():
        if offer_id in by_id:
            of_person.setdefault(profile_id, []).append((-data["score"], by_id[offer_id].row, data))
    taken: set[int] = set()
    found: list[tuple[int, Deposit, Json]] = []
    for row in sorted(stage.profiles):
        offered = sorted(of_person.get(stage.profiles[row], ()), key=lambda one: one[:2])
        free = next((one for one in offered if one[1] not in taken), None)
        if free is not None and len(found) < stage.plan.applications:
            taken.add(free[1])
            found.append((row, by_id[free[2]["offer_id"]], free[2]))
    return found


async def _advance(stage: Stage, application_id: str, one: Deposit, body: Json) -> None:
    path = f"/v1/applications/{application_id}/advance"
    await _once(stage, path, f"{body['to']}:{application_id}", body, one)


async def _once(stage: Stage, path: str, key: str, body: Any, one: Deposit) -> None:
    try:
        await stage.client.post("offers", path, key, body, employer(one.company))
    except AlreadyApplied:
        return


def _in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
