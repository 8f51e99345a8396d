"""One thing of each kind in each service, and callers who own it, do not, or work elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from services.matching.index.referential import shipped_structure
from services.profiles.domain.disclosure import TEXT_VERSION
from services.profiles.domain.guardian import TEXT_VERSION as GUARDIAN_TEXT
from shared.clock import HandClock
from shared.store.codec import to_document
from tests.service.clauses.builders import acting_for, contract_body, decp_record, hours_body
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.service.notifications import builders as told
from tests.service.notifications.conftest import rooms_of
from tests.service.offers.support import a_request, offer_body
from tests.service.profiles.files import a_docx
from tests.support import Running, Stack

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

PERSON = "Zébulonne"
LETTER = "Ma lettre à moi seule"
"""Marks: what answers may carry to those alone whom the rules name."""


def callers(stack: Stack) -> dict[str, dict[str, str]]:
    """Headers by caller. ``own``: the thing is theirs; ``foreign``: it is not; ``elsewhere``: theirs, in another département."""

    def token(role: str, subject: str, territory: str = "23") -> dict[str, str]:
        return stack.token(role, subject=subject, territories=(territory,))

    return {
        "anonymous": {},
        "nobody": stack.token(subject="nobody"),
        "seeker own": token("seeker", "user-1"),
        "seeker foreign": token("seeker", "user-2"),
        "employer own": token("employer", "boss"),
        "employer foreign": token("employer", "rival"),
        "counsellor own": token("counsellor", "counsellor-1"),
        "counsellor foreign": token("counsellor", "counsellor-2"),
        "counsellor elsewhere": token("counsellor", "counsellor-1", "87"),
        "manager own": token("manager", "manager-1"),
        "manager elsewhere": token("manager", "manager-1", "87"),
        "facilitator own": token("facilitator", "facilitator-1"),
        "facilitator elsewhere": token("facilitator", "facilitator-1", "87"),
        "contracting_authority own": token("contracting_authority", "buyer-1"),
        "contracting_authority foreign": token("contracting_authority", "buyer-2"),
        "contractor own": token("contractor", "clerk-1"),
        "contractor foreign": token("contractor", "clerk-2"),
        "partner own": token("partner", "feed-1"),
        "partner foreign": token("partner", "feed-2"),
        "operator": token("operator", "operator-1"),
    }


@dataclass
class World:
    """A running service with its things: ``ids`` fill paths, ``own`` fills those of single operations."""

    running: Running
    callers: dict[str, dict[str, str]]
    ids: dict[str, str]
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    queries: dict[str, dict[str, str]] = field(default_factory=dict)
    _kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _hashes: dict[str, str] = field(default_factory=dict)

    async def keep(self) -> None:
        """Remember everything, to be put back after a call that changed something."""
        database = self.running.store.database
        for name in await database.list_collection_names():
            self._kept[name] = await database[name].find({}).to_list(None)
        self._hashes = await self._hashed()

    async def put_back(self) -> None:
        database = self.running.store.database
        for name, found in (await self._hashed()).items():
            if found != self._hashes.get(name):
                await database[name].delete_many({})
                if self._kept.get(name):
                    await database[name].insert_many(self._kept[name])

    async def _hashed(self) -> dict[str, str]:
        """A hash of each collection: most calls change two or three of them."""
        answer = await self.running.store.database.command("dbHash")
        return dict(answer["collections"])


async def _made(client: httpx.AsyncClient, headers: dict[str, str], path: str, body: Any = None) -> dict[str, Any]:
    answer = await client.post(path, json=body, headers=headers)
    assert answer.status_code in (200, 201), f"{path}: {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


async def _offers(stack: Stack, running: Running) -> World:
    who = callers(stack)
    client = running.client

    async def made(caller: str, path: str, body: Any = None) -> dict[str, Any]:
        return await _made(client, who[caller], path, body)

    body = {"name": "Scierie de la Gartempe", "siret": "73282932000074", "territory": "23"}
    company = (await made("employer own", "/v1/companies", body))["id"]
    other = {"name": "Scierie de la Gartempe SARL", "siret": "35600000049837", "territory": "23"}
    rival = (await made("employer foreign", "/v1/companies", other))["id"]
    for one in (company, rival):
        await made("manager own", f"/v1/companies/{one}/approve")
    await running.store.collection("people").insert_one(
        {
            "_id": "profile-1", "owner_id": "user-1", "counsellor_ids": ["counsellor-1"], "territory": "23", "active": True,
            "visible_to_employers": True, "reserved_eligible": [], "sequence": 1,
        }
    )  # fmt: skip

    async def offer(caller: str, of: str, **changes: Any) -> str:
        offer_id: str = (await made(caller, "/v1/offers", offer_body(of, **changes)))["id"]
        await made(caller, f"/v1/offers/{offer_id}/publish")
        return offer_id

    published = await offer("employer own", company, title="Maçon (H/F)", positions_total=3)
    await offer("employer foreign", rival, title="MAÇON - CDI")
    draft = (await made("employer own", "/v1/offers", offer_body(company, title="Cariste de nuit", shifts=[])))["id"]
    asked = await client.get(f"/v1/offers/{draft}/proposals", headers=who["employer own"])
    about_draft = {"offer_id": draft, "proposal_id": asked.json()["items"][0]["id"]}
    hiring = await offer("employer own", company, title="Plombier (H/F)", positions_total=5)
    applied = await made(
        "seeker own", f"/v1/offers/{published}/applications", {"message": LETTER, "disclosure_id": "d-1"}
    )
    hired = await made("seeker own", f"/v1/offers/{hiring}/applications", {"disclosure_id": "d-2"})
    path = f"/v1/applications/{hired['id']}"
    await made("employer own", f"{path}/advance", {"to": "seen"})
    await made("employer own", f"{path}/advance", {"to": "proposed"})
    await made("seeker own", f"{path}/acceptance", {})
    terms = {"contract_kind": "cdd", "duration_months": 6, "starts_on": "2026-03-09"}
    await made("employer own", f"{path}/advance", {"to": "hired", "hire": terms})
    meeting = await offer("employer own", company, title="Carreleur (H/F)", positions_total=5)
    met = await made("seeker own", f"/v1/offers/{meeting}/applications", {"disclosure_id": "d-3"})
    interview = {"at": "2026-03-09T09:30:00+01:00", "place": "12 rue de la Gare, Guéret"}
    put = await client.put(f"/v1/applications/{met['id']}/interview", json=interview, headers=who["employer own"])
    assert put.status_code == 200, put.text
    atelier = {
        "kind": "workshop",
        "title": "Atelier CV",
        "place": {"commune_code": "23096"},
        "sessions": [{"starts_at": "2026-03-10T08:30:00Z", "ends_at": "2026-03-10T11:00:00Z", "places": 12}],
    }
    agenda = (await made("manager own", "/v1/agenda", atelier))["id"]
    await made("manager own", f"/v1/agenda/{agenda}/publish")
    registration = (await made("seeker own", f"/v1/agenda/{agenda}/registrations", {}))["id"]
    row = {
        "external_id": "r-1",
        "company": {"name": "Scierie de la Gartempe"},
        **offer_body(company, title="Maçon H/F"),
    }
    row.pop("company_id")
    imported = await made("partner own", "/v1/imports", [row])
    fed = await running.store.collection("offers").find_one({"feed.external_id": "r-1"})
    assert fed is not None
    click = await made("seeker own", f"/v1/offers/{fed['_id']}/clicks", {})
    kept = await made("seeker own", "/v1/saved-searches", {"name": "Mes maçons", "search": {"q": "maçon"}})
    link = (await made("employer own", f"/v1/companies/{company}/invitations", {}))["link"]
    invitations = await client.get(f"/v1/companies/{company}/invitations", headers=who["employer own"])
    pairs = await client.get("/v1/duplicates", headers=who["manager own"])
    wish = a_request(contractor_ids=(company,))
    await running.store.collection("clause_requests").insert_one(to_document(wish))
    ids = {
        "company_id": company,
        "offer_id": published,
        "application_id": applied["id"],
        "agenda_id": agenda,
        "registration_id": registration,
        "click_id": click["id"],
        "search_id": kept["id"],
        "import_id": imported["id"],
        "proposal_id": pairs.json()["items"][0]["id"],
        "invitation_id": invitations.json()["items"][0]["id"],
        "token": link.rsplit("/", 1)[-1],
        "user_id": "boss",
        "profile_id": "profile-1",
        "month": "1",
        "request_id": wish.id,
    }
    other_application = {"application_id": hired["id"]}
    about_interview = ("set_interview", "cancel_interview", "answer_interview", "interview_calendar")
    with_interview = {name: {"application_id": met["id"]} for name in about_interview}
    return World(
        running,
        who,
        ids,
        own={
            "record_follow_up": other_application,
            "publish_offer": {"offer_id": draft},
            "accept_proposal": about_draft,
            "dismiss_proposal": about_draft,
        }
        | with_interview,
        bodies={
            "deposit_offer": offer_body(company),
            "accept_proposal": {},
            "apply_to_offer": {"profile_id": "profile-1", "message": LETTER},
            "invite_to_offer": {"profile_id": "profile-1"},
            "register_person": {"profile_id": "profile-1"},
            "count_click": {"profile_id": "profile-1"},
            "save_search": {"profile_id": "profile-1", "name": "Peintres", "search": {"q": "peintre"}},
            "introduce_several": {"people": [{"profile_id": "profile-1"}]},
            "register_several": {"profile_ids": ["profile-1"]},
            "import_offers": [row],
            "advance_application": {"to": "seen"},
            "set_interview": interview | {"place": "14 rue de la Gare, Guéret"},
            "answer_interview": {"sequence": 0, "confirmed": True},
            "disclose_with_application": {"disclosure_id": "disclosure-1"},
            "change_event": {**atelier, "title": "Atelier CV et lettre"},
            "record_follow_up": {"still_there": True},
            "decline_clause_request": {"reason": "Pourvu autrement"},
            "link_offer": {"canonical_offer_id": None},
        },
        queries={
            "person_applications": {"profile_id": "profile-1"},
            "my_registrations": {"profile_id": "profile-1"},
            "person_clicks": {"profile_id": "profile-1"},
            "save_offer": {"profile_id": "profile-1"},
            "unsave_offer": {"profile_id": "profile-1"},
            "list_saved_offers": {"profile_id": "profile-1"},
            "list_saved_searches": {"profile_id": "profile-1"},
            "import_offers": {"partner": "feed-1"},
            "list_imports": {"partner": "feed-1"},
            "search_communes": {"q": "Guéret"},
            "search_occupations": {"q": "maçon"},
            "suggestions": {"q": "maçon"},
            "offers_near_stop": {"commune": "23096"},
        },
    )


async def _profiles(stack: Stack, running: Running) -> World:
    who = callers(stack)
    body = {
        "first_name": PERSON,
        "last_name": "Lemoine",
        "birth_date": "2009-01-15",
        "email": "zebulonne@example.org",
        "consents_to_messages": True,
        "place": {"commune_code": "23096"},
        "territory": "23",
    }
    profile = (await _made(running.client, who["seeker own"], "/v1/profiles", body))["id"]
    await _made(
        running.client, who["manager own"], f"/v1/profiles/{profile}/counsellors", {"counsellor_id": "counsellor-1"}
    )
    guardian = {
        "given_by": "parent",
        "name": "Sylvie Lemoine",
        "given_on": "2026-02-27",
        "heard": "by_phone",
        "text_version": GUARDIAN_TEXT,
    }
    consent = await _made(running.client, who["manager own"], f"/v1/profiles/{profile}/guardian-consents", guardian)
    listed = await running.client.post(
        "/v1/rsa-lists",
        params={"as_of": "2026-03-01"},
        content="Nom;Prénom;Né le\nDupuis;Zoé;05/05/1990\n".encode(),
        headers=who["manager own"] | {"Content-Type": "text/csv"},
    )
    assert listed.status_code == 200, listed.text
    paper = {"category": "rsa", "evidence": "caf_statement"}
    status = await _made(running.client, who["manager own"], f"/v1/profiles/{profile}/statuses", paper)
    sent = await running.client.post(
        "/v1/cv-files",
        params={"profile_id": profile},
        files={"file": ("cv.docx", a_docx("Maçon"))},
        headers=who["seeker own"],
    )
    assert sent.status_code == 201, sent.text
    contact = {"first_name": "Nadia", "territory": "23"}
    put = await running.client.put("/v1/contacts/me", json=contact, headers=who["employer own"])
    assert put.status_code == 201, put.text
    invitations = "/v1/staff/23/invitations"
    taken = await _made(
        running.client, who["manager own"], invitations, {"role": "counsellor", "user_id": "counsellor-9"}
    )
    path = f"/v1/staff-invitations/{taken['link'].rsplit('/', 1)[-1]}/acceptance"
    await _made(running.client, stack.token(subject="counsellor-9"), path)
    invited = {"role": "counsellor", "email": "invited@example.org"}
    invitation = await _made(running.client, who["manager own"], invitations, invited)
    agreed = {
        "company_id": "company-1",
        "offer_id": "offer-1",
        "cv": {"kind": "made"},
        "text_version": TEXT_VERSION,
    }
    disclosure = await _made(running.client, who["seeker own"], f"/v1/profiles/{profile}/disclosures", agreed)
    # What offers tells: an application carries it, to a company that the caller acts for.
    await running.store.collection("applications").insert_one(
        {
            "_id": "application-1", "version": 1, "disclosure_id": disclosure["id"], "profile_id": profile,
            "company_id": "company-1", "offer_id": "offer-1", "status": "submitted",
        }
    )  # fmt: skip
    await running.store.collection("companies").insert_many(
        [
            {"_id": "company-1", "version": 1, "user_ids": ["boss"], "approved": True},
            {"_id": "company-2", "version": 1, "user_ids": ["rival"], "approved": True},
        ]
    )
    pool = await running.client.put(
        f"/v1/profiles/{profile}/cv/pool", json={"text_version": "2026-11"}, headers=who["seeker own"]
    )
    pseudonym = pool.json()["card"]["pseudonym"]
    question = {"company_id": "company-1", "message": "Nous cherchons un maçon."}
    asked = await _made(running.client, who["employer own"], f"/v1/cv-pool/{pseudonym}/contacts", question)
    await running.store.collection("erasure_proofs").insert_one(
        {"_id": "profile-0", "proof": "proof-1", "territory": "23", "at": NOW, "found": {}, "looked": True}
    )
    export = await _made(
        running.client, who["counsellor own"], f"/v1/profiles/{profile}/exports", {"heard": "by_phone"}
    )
    return World(
        running,
        who,
        {
            "profile_id": profile,
            "export_id": export["id"],
            "consent_id": "pool",
            "erasure_id": "proof-1",
            "territory": "23",
            "user_id": "counsellor-9",
            "invitation_id": invitation["id"],
            "token": invitation["link"].rsplit("/", 1)[-1],
            "disclosure_id": disclosure["id"],
            "pseudonym": pseudonym,
            "contact_id": asked["id"],
            "guardian_consent_id": consent["id"],
            "status_id": status["id"],
            "person_id": listed.json()["lines"][0]["person_id"],
        },
        queries={
            "send_cv_file": {"profile_id": profile},
            "take_rsa_list": {"as_of": "2026-03-01"},
            "search_pool": {"company_id": "company-1", "occupation": "F1703"},
        },
        bodies={
            "give_disclosure": agreed | {"heard": "by_phone"},
            "change_profile": {"active": False},
            "record_status": {"category": "disabled_worker", "evidence": "disability_decision"},
            "change_counsellors": {"counsellor_id": "counsellor-3"},
            "create_profile": {"first_name": "Nouvelle", "last_name": "Personne", "territory": "23"},
        },
    )


LINKED = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"
"""Whoever was hired on an offer of the contract."""


async def _modified(client: httpx.AsyncClient, desk: dict[str, str]) -> str:
    """A published modification of a contract that was concluded here."""
    record = decp_record(id="2025-020")
    [line] = (await _made(client, desk, "/v1/contract-imports", record))["lines"]
    hours = {"rule": "manual", "hours": "1200.00", "reason": "CCAP, article 7"}
    said = {"kind": "execution_condition", "objective": hours, "contracting_authority_name": "Ville de Guéret"}
    await _made(client, desk, f"/v1/contract-drafts/{line['draft_id']}/conclude", said)
    change = {"modification": {"id": 1, "dateNotificationModification": "2025-07-01", "montant": 450_000}}
    [line] = (await _made(client, desk, "/v1/contract-imports", record | {"modifications": [change]}))["lines"]
    [id] = line["amendment_draft_ids"]
    return str(id)


async def _clauses(stack: Stack, running: Running) -> World:
    who = callers(stack)
    contract = await _made(running.client, who["facilitator own"], "/v1/contracts", contract_body())
    authority = contract["contracting_authority"]["id"]
    await running.store.collection("authorities").update_one({"_id": authority}, {"$set": {"users": ["buyer-1"]}})
    await running.store.collection("contractors").insert_many([acting_for(1, "clerk-1"), acting_for(2, "clerk-2")])
    hours = await _made(running.client, who["contractor own"], f"/v1/contracts/{contract['id']}/hours", hours_body())
    linked = f"/v1/contracts/{contract['id']}/participants"
    desk = who["facilitator own"]
    participant = await _made(running.client, desk, linked, {"participant_id": "P-2"})
    await _made(running.client, desk, "/v1/participants", {"participant_id": "P-2"})
    seen = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}]}
    decision = await _made(running.client, desk, "/v1/participants/P-2/eligibilities", seen)
    employed = {"participant_id": "P-2", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-02-02"}
    ended = employed | {"contractor_id": "contractor-1", "ends_on": "2026-02-20"}
    employment = await _made(running.client, desk, f"/v1/contracts/{contract['id']}/employments", ended)
    hire = {
        "_id": "application-1", "contract_id": contract["id"], "territory": "23", "participant_id": LINKED, "state": "proposed",
        "hired_at": employment["created_at"], "contract_kind": "cdd", "starts_on": "2026-02-02",
    }  # fmt: skip
    await running.store.collection("hires").insert_one(hire)
    local = {"code": "local:ebe", "label": "Salarié d'une EBE", "evidence": ["interview"], "valid_from": "2026-01-01"}
    category = await _made(running.client, desk, "/v1/eligibility-categories", local)
    at_home = {"territory": "23"}
    published = await _made(running.client, desk, "/v1/contract-imports", decp_record())
    modified = await _modified(running.client, desk)
    people = (
        "read_person",
        "read_pathway",
        "change_person",
        "erase_person",
        "decide_eligibility",
        "list_eligibilities",
    )
    to_authority, to_contractor = f"/v1/authorities/{authority}", "/v1/contractors/23/contractor-1"
    invited = {"email": "invited@example.org"}
    one = await _made(running.client, who["facilitator own"], f"{to_authority}/invitations", invited)
    other = await _made(running.client, who["facilitator own"], f"{to_contractor}/invitations", invited)
    of_authority = {"invitation_id": one["id"], "user_id": "buyer-1", "token": one["link"].rsplit("/", 1)[-1]}
    of_contractor = {"invitation_id": other["id"], "user_id": "clerk-1", "token": other["link"].rsplit("/", 1)[-1]}
    return World(
        running,
        who,
        {
            "contract_id": contract["id"],
            "authority_id": authority,
            "hours_id": hours["id"],
            "participant_id": participant["participant_id"],
            "eligibility_id": decision["id"],
            "employment_id": employment["id"],
            "hire_id": "application-1",
            "code": category["code"],
            "draft_id": published["lines"][0]["draft_id"],
            "amendment_draft_id": modified,
            "territory": "23",
            "contractor_id": "contractor-1",
            **of_contractor,
        },
        own=dict.fromkeys(
            (
                "revoke_authority_invitation",
                "remove_authority_user",
                "read_authority_invitation",
                "accept_authority_invitation",
            ),
            of_authority,
        ),
        bodies={
            "create_contract": contract_body(territory="23"),
            "create_authority": {"name": "Ville d'Aubusson", "territory": "23"},
            "accept_amendment_draft": {"objective_stays": True},
            "declare_hours": hours_body(month="2026-01", contractor_id="contractor-1"),
            "change_contract": {"title": "Réhabilitation du collège"},
            "enter_person": {"participant_id": "P-3"} | at_home,
            "add_category": local | {"code": "local:other"} | at_home,
            "end_category": {"valid_until": "2026-12-31"} | at_home,
            "record_hire": {"consented_on": "2026-02-01", "employer": "Bâti", "contractor_id": "contractor-1"},
            "begin_employment": employed | {"contractor_id": "contractor-1"},
            "change_employment": {"support": "PLIE"},
            "follow_exit": {"months": 1, "situation": "cdi", "seen_on": "2026-03-01"},
        },
        queries=dict.fromkeys((*people, "list_categories"), at_home)
        | {"read_public_report": at_home | {"year": "2026"}, "sheet_template": {"month": "2026-03"}}
        | {"import_contracts": at_home, "find_suppliers": at_home | {"commune_code": "23096"}}
        | {"import_directory": at_home | {"source": "les-emplois"}},
    )


async def _matching(stack: Stack, running: Running, clock: HandClock) -> World:
    rooms = Rooms(running.store, clock, shipped_structure(), running.runtime.settings)
    await rooms.start()
    offers = [offer_state(name, clock) for name in ("one", "two")]
    person = profile_state("1", profile_id="profile-1", owner_id="user-1", visible_to_employers=True)
    await rooms.hear(rooms.profile(person), *map(rooms.offer, offers), rooms.company("boss"))
    await rooms.stop()
    who = callers(stack)
    path = "/v1/profiles/profile-1/recommendations"
    found = (await running.client.get(path, headers=who["seeker own"])).json()["items"]
    return World(
        running,
        who,
        {
            "profile_id": "profile-1",
            "offer_id": offers[0].offer_id,
            "recommendation_id": found[0]["recommendation_id"],
            "version": "1",
        },
        bodies={
            "add_recommendation": {"offer_id": offers[1].offer_id, "reason": "Convient bien"},
            "dismiss": {"reason": "Trop loin pour la personne"},
            "pin": {"reason": "Convient bien"},
            "propose_configuration": {},
        },
        queries={
            "explain": {"profile": "profile-1", "offer": offers[0].offer_id},
            "read_audit": {"territory": "23"},
            "read_dismissals": {"territory": "23"},
            "what_would_help": {},
            "what_an_answer_brings": {"commune": "23096"},
        },
    )


async def _notifications(stack: Stack, running: Running, clock: HandClock) -> World:
    async with rooms_of(stack, clock, smtp_host="127.0.0.1") as rooms:
        await rooms.hear(told.contact(first_name=PERSON), told.offer(), told.recommended("rec-0"))
        [mail] = await rooms.mails()
    who = callers(stack)
    items = (await running.client.get("/v1/inbox", headers=who["seeker own"])).json()["items"]
    return World(
        running,
        who,
        {"item_id": items[0]["id"], "token": mail["unsubscribe_token"]},
        bodies={"choose_preferences": {"email": {"recommendations": False}}},
        queries={name: {"subject": "profile-1"} for name in ("list_inbox", "read_preferences", "choose_preferences")},
    )


@asynccontextmanager
async def world_of(service: str, stack: Stack) -> AsyncIterator[World]:
    """The service with its things, kept so that they can be put back."""
    clock = HandClock(told.NOW if service == "notifications" else NOW)
    async with stack.running(service, clock=clock) as running:
        if service == "offers":
            world = await _offers(stack, running)
        elif service == "profiles":
            world = await _profiles(stack, running)
        elif service == "clauses":
            world = await _clauses(stack, running)
        elif service == "matching":
            world = await _matching(stack, running, clock)
        elif service == "notifications":
            world = await _notifications(stack, running, clock)
        else:  # one that has no operations yet; the matrix refuses those that it has no thing for
            world = World(running, callers(stack), {})
        await world.keep()
        yield world
