"""One thing of each kind in profiles: a minor with a CV in the pool, what they agreed to, staff and their invitations."""

from services.profiles.domain.disclosure import TEXT_VERSION
from services.profiles.domain.guardian import TEXT_VERSION as GUARDIAN_TEXT
from tests.contract.authorisation.world import NOW, PERSON, World, callers, post
from tests.service.profiles.files import a_docx
from tests.support import Running, Stack


async def things(stack: Stack, running: Running) -> World:
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
    profile = (await post(running.client, who["seeker own"], "/v1/profiles", body))["id"]
    await post(
        running.client, who["manager own"], f"/v1/profiles/{profile}/counsellors", {"counsellor_id": "counsellor-1"}
    )
    guardian = {
        "given_by": "parent",
        "name": "Sylvie Lemoine",
        "given_on": "2026-02-27",
        "heard": "by_phone",
        "text_version": GUARDIAN_TEXT,
    }
    consent = await post(running.client, who["manager own"], f"/v1/profiles/{profile}/guardian-consents", guardian)
    listed = await running.client.post(
        "/v1/rsa-lists",
        params={"as_of": "2026-03-01"},
        content="Nom;Prénom;Né le\nDupuis;Zoé;05/05/1990\n".encode(),
        headers=who["manager own"] | {"Content-Type": "text/csv"},
    )
    assert listed.status_code == 200, listed.text
    paper = {"category": "rsa", "evidence": "caf_statement"}
    status = await post(running.client, who["manager own"], f"/v1/profiles/{profile}/statuses", paper)
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
    taken = await post(
        running.client, who["manager own"], invitations, {"role": "counsellor", "user_id": "counsellor-9"}
    )
    path = f"/v1/staff-invitations/{taken['link'].rsplit('/', 1)[-1]}/acceptance"
    await post(running.client, stack.token(subject="counsellor-9"), path)
    invited = {"role": "counsellor", "email": "invited@example.org"}
    invitation = await post(running.client, who["manager own"], invitations, invited)
    agreed = {
        "company_id": "company-1",
        "offer_id": "offer-1",
        "cv": {"kind": "made"},
        "text_version": TEXT_VERSION,
    }
    disclosure = await post(running.client, who["seeker own"], f"/v1/profiles/{profile}/disclosures", agreed)
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
    asked = await post(running.client, who["employer own"], f"/v1/cv-pool/{pseudonym}/contacts", question)
    await running.store.collection("erasure_proofs").insert_one(
        {"_id": "profile-0", "proof": "proof-1", "territory": "23", "at": NOW, "found": {}, "looked": True}
    )
    export = await post(running.client, who["counsellor own"], f"/v1/profiles/{profile}/exports", {"heard": "by_phone"})
    moving = await running.client.put(f"/v1/profiles/{profile}/transfer", json={"to": "87"}, headers=who["seeker own"])
    assert moving.status_code == 200, moving.text
    return World(
        running,
        who,
        {
            "profile_id": profile,
            "transfer_id": profile,
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
            "list_pool_questions": {"company_id": "company-1"},
        },
        bodies={
            "give_disclosure": agreed | {"heard": "by_phone"},
            "change_profile": {"active": False},
            "record_status": {"category": "disabled_worker", "evidence": "disability_decision"},
            "change_counsellors": {"counsellor_id": "counsellor-3"},
            "create_profile": {"first_name": "Nouvelle", "last_name": "Personne", "territory": "23"},
        },
    )
