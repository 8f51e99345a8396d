"""One thing of each kind in offers: a company and its rival, offers in each state, applications, the agenda, an import."""

from typing import Any

from shared.store.codec import to_document
from tests.contract.authorisation.world import LETTER, World, callers, post
from tests.service.offers.support import a_request, offer_body
from tests.support import Running, Stack


async def things(stack: Stack, running: Running) -> World:
    who = callers(stack)
    client = running.client

    async def made(caller: str, path: str, body: Any = None) -> dict[str, Any]:
        return await post(client, who[caller], path, body)

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
    of_company = await made("employer own", f"/v1/companies/{company}/imports", [row | {"external_id": "r-2"}])
    fed = await running.store.collection("offers").find_one({"feed.external_id": "r-1"})
    assert fed is not None
    click = await made("seeker own", f"/v1/offers/{fed['_id']}/clicks", {})
    kept = await made("seeker own", "/v1/saved-searches", {"name": "Mes maçons", "search": {"q": "maçon"}})
    link = (await made("employer own", f"/v1/companies/{company}/invitations", {}))["link"]
    invitations = await client.get(f"/v1/companies/{company}/invitations", headers=who["employer own"])
    entry = (
        await made(
            "manager own",
            f"/v1/companies/{company}/canvassing",
            {"kind": "visit", "on": "2026-03-02", "outcome": "no_need"},
        )
    )["id"]
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
        "entry_id": entry,
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
            "get_company_import": {"import_id": of_company["id"]},
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
            "import_company_offers": [row],
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
