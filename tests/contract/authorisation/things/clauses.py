"""One thing of each kind in clauses: a contract with its hours and people, a published one, its modification."""

import httpx

from tests.contract.authorisation.world import World, callers, post
from tests.service.clauses.builders import acting_for, contract_body, decp_record, hours_body
from tests.support import Running, Stack

LINKED = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"
"""Whoever was hired on an offer of the contract."""


async def _modified(client: httpx.AsyncClient, desk: dict[str, str]) -> str:
    """A published modification of a contract that was concluded here."""
    record = decp_record(id="2025-020")
    [line] = (await post(client, desk, "/v1/contract-imports", record))["lines"]
    hours = {"rule": "manual", "hours": "1200.00", "reason": "CCAP, article 7"}
    said = {"kind": "execution_condition", "objective": hours, "contracting_authority_name": "Ville de Guéret"}
    await post(client, desk, f"/v1/contract-drafts/{line['draft_id']}/conclude", said)
    change = {"modification": {"id": 1, "dateNotificationModification": "2025-07-01", "montant": 450_000}}
    [line] = (await post(client, desk, "/v1/contract-imports", record | {"modifications": [change]}))["lines"]
    [id] = line["amendment_draft_ids"]
    return str(id)


async def things(stack: Stack, running: Running) -> World:
    who = callers(stack)
    contract = await post(running.client, who["facilitator own"], "/v1/contracts", contract_body())
    authority = contract["contracting_authority"]["id"]
    await running.store.collection("authorities").update_one({"_id": authority}, {"$set": {"users": ["buyer-1"]}})
    await running.store.collection("contractors").insert_many([acting_for(1, "clerk-1"), acting_for(2, "clerk-2")])
    hours = await post(running.client, who["contractor own"], f"/v1/contracts/{contract['id']}/hours", hours_body())
    linked = f"/v1/contracts/{contract['id']}/participants"
    desk = who["facilitator own"]
    participant = await post(running.client, desk, linked, {"participant_id": "P-2"})
    await post(running.client, desk, "/v1/participants", {"participant_id": "P-2"})
    seen = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}]}
    decision = await post(running.client, desk, "/v1/participants/P-2/eligibilities", seen)
    employed = {"participant_id": "P-2", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-02-02"}
    ended = employed | {"contractor_id": "contractor-1", "ends_on": "2026-02-20"}
    employment = await post(running.client, desk, f"/v1/contracts/{contract['id']}/employments", ended)
    hire = {
        "_id": "application-1", "contract_id": contract["id"], "territory": "23", "participant_id": LINKED, "state": "proposed",
        "hired_at": employment["created_at"], "contract_kind": "cdd", "starts_on": "2026-02-02",
    }  # fmt: skip
    await running.store.collection("hires").insert_one(hire)
    local = {"code": "local:ebe", "label": "Salarié d'une EBE", "evidence": ["interview"], "valid_from": "2026-01-01"}
    category = await post(running.client, desk, "/v1/eligibility-categories", local)
    at_home = {"territory": "23"}
    published = await post(running.client, desk, "/v1/contract-imports", decp_record())
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
    one = await post(running.client, who["facilitator own"], f"{to_authority}/invitations", invited)
    other = await post(running.client, who["facilitator own"], f"{to_contractor}/invitations", invited)
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
