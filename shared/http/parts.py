"""What the parts of addresses stand for: said once for all services, shown wherever a route does not say it in its own words."""

from collections.abc import Mapping
from typing import Any, Final

PARTS: Final[Mapping[str, str]] = {
    "agenda_id": "Id of an event, as the agenda lists it",
    "amendment_draft_id": "Id of a published modification, as their list shows it",
    "application_id": "Id of an application; an inbox item and a reminder name it as well",
    "authority_id": "Id of a contracting authority",
    "click_id": "Id of a click on an offer elsewhere, as the person's list shows it",
    "code": "Code of the category, as the referential lists it",
    "company_id": "Id of an employer; `company.id` of its offers",
    "consent_id": "Id of what somebody agreed to, as the profile's consents list it",
    "contact_id": "Id of an employer's question to somebody of the pool of CVs",
    "contract_id": "Id of a contract with a clause",
    "contractor_id": "SIRET of a contractor, or the id by which contracts of its territory name it",
    "disclosure_id": "Id of an agreement to show something; an application names it",
    "draft_id": "Id of a published contract that is none of ours yet, as their list shows it",
    "eligibility_id": "Id of a decision on a participant's eligibility",
    "employment_id": "Id of an employment on a contract",
    "entry_id": "Id of an entry of the employer's canvassing",
    "erasure_id": "Id of a proof of erasure: only the answer to the erasure says it (`Location`)",
    "export_id": "Id of an export, as the answer that began it says it",
    "guardian_consent_id": "Id of a consent of who has parental authority",
    "hire_id": "Id of a hire on an offer that a contract wished for",
    "hours_id": "Id of a declaration of hours (elsewhere `declaration_id`)",
    "import_id": "Id of an import, as its answer and the list of past ones say it",
    "invitation_id": "Id of an open invitation, as their list shows it; not what its link holds",
    "item_id": "Id of an item of the inbox",
    "offer_id": "Id of an offer; one that was linked to another may be read by either",
    "participant_id": "Id of the profile, or the reference that a territory's desk gave to somebody without one",
    "person_id": "Id of somebody on the département's list, as that list shows it; no profile's",
    "profile_id": "Id of a profile; `GET /v1/profiles/me` of profiles says the caller's own",
    "proposal_id": "Id of a proposal, as the list above it shows it",
    "pseudonym": "Name that somebody has in the pool of CVs, as a search shows it; another one once they come back to the pool",
    "recommendation_id": "Id of a recommendation, as the person's list and their inbox show it",
    "registration_id": "Id of somebody's registration, as the event's list or the person's agenda shows it",
    "request_id": "Id of a desk's wish for an offer",
    "search_id": "Id of a saved search",
    "status_id": "Id of a status, as the profile's statuses list it",
    "territory": "Code of a département (`23`, `2A`, `974`)",
    "token": "What the link in the message holds",
    "transfer_id": "Id of a move to another département, as their list shows it",
    "user_id": "Account of a user: `sub` of their token",
}
"""Path parameters by name."""


def told(operation: dict[str, Any]) -> None:
    """Put the common words where an operation has none of its own."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and not parameter.get("description") and parameter["name"] in PARTS:
            parameter["description"] = PARTS[parameter["name"]]
