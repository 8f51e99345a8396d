"""Who may call what. A new operation needs a line here: the matrix fails without one.

A caller who may is answered something other than 401, 403 and 404 (a conflict with the thing's state is an answer); lists are
open to many, and hold what the caller may see: ``READERS`` says who may read what, whatever the operation.
"""

from collections.abc import Callable

Rule = Callable[[str], bool]


def only(*callers: str) -> Rule:
    """These callers; a role alone stands for all who have it."""
    return lambda caller: caller in callers or caller.split(" ")[0] in callers


def anybody(caller: str) -> bool:
    """With or without a token."""
    return True


def signed_in(caller: str) -> bool:
    """Any account: each sees what is its own."""
    return caller != "anonymous"


_SIDE_OF_THE_EMPLOYER = only("employer own", "manager own")
_SIDE_OF_THE_PERSON = only("seeker own", "counsellor own", "manager own")
_BOTH_SIDES = only("seeker own", "counsellor own", "employer own", "manager own")
_MANAGER = only("manager own")
_MANAGERS = only("manager")
_CASELOADS = only("counsellor", "manager")
_ACCOMPANYING = only("counsellor own", "manager own")

OFFERS: dict[str, Rule] = {
    # What the public sees.
    "search_offers": anybody,
    "search_geojson": anybody,
    "suggestions": anybody,
    "offers_rss": anybody,
    "offers_json_feed": anybody,
    "job_posting": anybody,
    "offers_near_stop": anybody,
    "get_offer": anybody,
    "lint_text": anybody,
    "list_agenda": anybody,
    "agenda_calendar": anybody,
    "event_calendar": anybody,
    "get_event": anybody,
    "statistics": anybody,
    "statistics_csv": anybody,
    "search_communes": anybody,
    "search_occupations": anybody,
    # A signed link is its own permission.
    "confirmation_page": anybody,
    "confirm_by_link": anybody,
    # Companies.
    "register_company": only("employer", "manager own"),
    "list_companies": signed_in,
    "get_company": _SIDE_OF_THE_EMPLOYER,
    "change_company": _SIDE_OF_THE_EMPLOYER,
    "approve_company": _MANAGER,
    "suspend_company": _MANAGER,
    "verify_company": _MANAGER,
    "invite_user": _SIDE_OF_THE_EMPLOYER,
    "list_invitations": _SIDE_OF_THE_EMPLOYER,
    "revoke_invitation": _SIDE_OF_THE_EMPLOYER,
    "set_contact": only("employer own"),
    "remove_user": _SIDE_OF_THE_EMPLOYER,
    "close_company": _SIDE_OF_THE_EMPLOYER,
    "erase_company": _SIDE_OF_THE_EMPLOYER,
    "company_offers": _SIDE_OF_THE_EMPLOYER,
    "log_canvassing": _MANAGER,
    "read_canvassing": _MANAGER,
    "mend_canvassing": _MANAGER,
    "erase_canvassing": _MANAGER,
    "read_invitation": only("employer"),
    "accept_invitation": only("employer"),
    # Offers.
    "deposit_offer": _SIDE_OF_THE_EMPLOYER,
    "change_offer": _SIDE_OF_THE_EMPLOYER,
    "list_proposals": _SIDE_OF_THE_EMPLOYER,
    "accept_proposal": _SIDE_OF_THE_EMPLOYER,
    "dismiss_proposal": _SIDE_OF_THE_EMPLOYER,
    "publish_offer": _SIDE_OF_THE_EMPLOYER,
    "send_back_offer": _MANAGER,
    "confirm_offer": _SIDE_OF_THE_EMPLOYER,
    "suspend_offer": _SIDE_OF_THE_EMPLOYER,
    "resume_offer": _SIDE_OF_THE_EMPLOYER,
    "fill_offer": _SIDE_OF_THE_EMPLOYER,
    "reopen_offer": _SIDE_OF_THE_EMPLOYER,
    "close_offer": _SIDE_OF_THE_EMPLOYER,
    "withdraw_offer": _SIDE_OF_THE_EMPLOYER,
    "archive_offer": _MANAGER,
    "link_offer": _MANAGER,
    "moderated_offers": _MANAGERS,
    "export_offers": _MANAGERS,
    "list_duplicates": _MANAGERS,
    "accept_duplicate": _MANAGER,
    "refuse_duplicate": _MANAGER,
    # Applications.
    "apply_to_offer": _SIDE_OF_THE_PERSON,
    "ask_for_schedule": only("seeker", "counsellor", "manager"),
    "offer_applications": _SIDE_OF_THE_EMPLOYER,
    "invite_to_offer": _SIDE_OF_THE_EMPLOYER,
    "person_applications": _SIDE_OF_THE_PERSON,
    "get_application": _BOTH_SIDES,
    # The step that the matrix takes is that the employer has seen it.
    "advance_application": only("employer own", "counsellor own", "manager own"),
    # What somebody shows is theirs to say; managers of the offer stand on either side.
    "disclose_with_application": _SIDE_OF_THE_PERSON,
    "accept_application": _BOTH_SIDES,
    # Proposed by the employer, or by who records for them; answered by the person, or by who accompanies them.
    "set_interview": only("employer own", "counsellor own", "manager own"),
    "cancel_interview": only("employer own", "counsellor own", "manager own"),
    "answer_interview": only("seeker own", "counsellor own"),
    "interview_calendar": _BOTH_SIDES,
    "count_click": _SIDE_OF_THE_PERSON,
    "offer_clicks": _SIDE_OF_THE_EMPLOYER,
    "person_clicks": _SIDE_OF_THE_PERSON,
    "tell_outcome": _SIDE_OF_THE_PERSON,
    "caseload_applications": _CASELOADS,
    # Each person named is refused or not by themselves, in the answer.
    "introduce_several": _CASELOADS,
    "register_several": _CASELOADS,
    "save_offer": _SIDE_OF_THE_PERSON,
    "unsave_offer": _SIDE_OF_THE_PERSON,
    "list_saved_offers": _SIDE_OF_THE_PERSON,
    "save_search": _SIDE_OF_THE_PERSON,
    "list_saved_searches": _SIDE_OF_THE_PERSON,
    "change_saved_search": _SIDE_OF_THE_PERSON,
    "unsave_search": _SIDE_OF_THE_PERSON,
    "give_feedback": _BOTH_SIDES,
    "record_follow_up": _BOTH_SIDES,
    "due_follow_ups": _CASELOADS,
    # Feeds: a partner its own, a manager those of their territories.
    "import_offers": only("partner", "manager"),
    "list_imports": only("partner", "manager"),
    "import_company_offers": _SIDE_OF_THE_EMPLOYER,
    "list_company_imports": _SIDE_OF_THE_EMPLOYER,
    "get_company_import": _SIDE_OF_THE_EMPLOYER,
    # Of the territories that it brought offers to.
    "get_import": only("partner own", "manager own"),
    # Agenda.
    "plan_event": _MANAGER,
    "change_event": _MANAGER,
    "publish_event": _MANAGER,
    "cancel_event": _MANAGER,
    "register_person": _SIDE_OF_THE_PERSON,
    "list_registrations": signed_in,
    "cancel_registration": _SIDE_OF_THE_PERSON,
    "record_attendance": _ACCOMPANYING,
    "my_registrations": _SIDE_OF_THE_PERSON,
    # What clauses wishes for.
    "list_clause_requests": only("facilitator", "manager"),
    "confirm_clause_request": only("facilitator own", "manager own"),
    "decline_clause_request": only("facilitator own", "manager own"),
}

PROFILES: dict[str, Rule] = {
    "create_profile": only("seeker", "counsellor own", "counsellor foreign", "manager own"),
    "list_profiles": _CASELOADS,
    "read_own_profile": only("seeker own"),
    "read_profile": _SIDE_OF_THE_PERSON,
    "change_profile": _SIDE_OF_THE_PERSON,
    "erase_profile": _SIDE_OF_THE_PERSON,
    "change_counsellors": _ACCOMPANYING,
    "invite_account": _ACCOMPANYING,
    "revoke_account_invitation": _ACCOMPANYING,
    "remove_account": _SIDE_OF_THE_PERSON,
    # The link decides, with one answer for all who are not meant.
    "read_account_invitation": only("seeker"),
    "accept_account_invitation": only("seeker"),
    "read_journal": _SIDE_OF_THE_PERSON,
    "list_statuses": _SIDE_OF_THE_PERSON,
    "record_status": _ACCOMPANYING,
    "correct_status": _ACCOMPANYING,
    "end_status": _ACCOMPANYING,
    "remove_status": _ACCOMPANYING,
    "list_status_categories": signed_in,
    "registration_statistics": anybody,
    "registration_statistics_csv": anybody,
    "take_rsa_list": _MANAGERS,
    "list_rsa_lists": _MANAGERS,
    "list_rsa_people": _CASELOADS,
    # Whoever works there as counsellor: nobody accompanies them yet.
    "register_rsa_person": only("counsellor own", "counsellor foreign", "manager own"),
    "decide_rsa_person": only("counsellor own", "counsellor foreign", "manager own"),
    "forget_rsa_person": only("counsellor own", "counsellor foreign", "manager own"),
    "read_transfer": _SIDE_OF_THE_PERSON,
    "ask_transfer": _SIDE_OF_THE_PERSON,
    "take_transfer_back": _SIDE_OF_THE_PERSON,
    "list_transfers": _MANAGERS,
    # The desk that it is asked for, and no other.
    "accept_transfer": only("manager elsewhere"),
    "refuse_transfer": only("manager elsewhere"),
    "list_guardian_consents": _SIDE_OF_THE_PERSON,
    "record_guardian_consent": _ACCOMPANYING,
    "revoke_guardian_consent": _ACCOMPANYING,
    "preview_disclosure": _SIDE_OF_THE_PERSON,
    "preview_disclosed_cv": _SIDE_OF_THE_PERSON,
    "give_disclosure": _SIDE_OF_THE_PERSON,
    "list_disclosures": _SIDE_OF_THE_PERSON,
    "list_readings": _SIDE_OF_THE_PERSON,
    "revoke_disclosure": _SIDE_OF_THE_PERSON,
    # Those who recruit for the company that the person applied to, and no manager: they read profiles.
    "read_disclosure": only("employer own"),
    "read_disclosed_cv": only("employer own"),
    "read_cv": _SIDE_OF_THE_PERSON,
    "check_cv": _SIDE_OF_THE_PERSON,
    "send_cv_file": _SIDE_OF_THE_PERSON,
    "read_cv_file": _SIDE_OF_THE_PERSON,
    "read_cv_file_about": _SIDE_OF_THE_PERSON,
    "erase_cv_file": _SIDE_OF_THE_PERSON,
    "read_cv_proposals": _SIDE_OF_THE_PERSON,
    "confirm_cv_proposals": _SIDE_OF_THE_PERSON,
    "read_pool_entry": _SIDE_OF_THE_PERSON,
    "enter_pool": _SIDE_OF_THE_PERSON,
    "leave_pool": _SIDE_OF_THE_PERSON,
    "list_pool_readings": _SIDE_OF_THE_PERSON,
    "list_pool_contacts": _SIDE_OF_THE_PERSON,
    "answer_pool_contact": _SIDE_OF_THE_PERSON,
    # Those who recruit for an employer that a manager looked at.
    "search_pool": only("employer own"),
    "ask_pool_contact": only("employer own"),
    "list_pool_questions": only("employer own"),
    "read_pool_contact": only("employer own"),
    "read_steps": _SIDE_OF_THE_PERSON,
    "propose_skills": _SIDE_OF_THE_PERSON,
    "read_limits": only("seeker own", "counsellor own"),
    "say_limits": only("seeker own", "counsellor own"),
    "list_consents": _SIDE_OF_THE_PERSON,
    "revoke_consent": _SIDE_OF_THE_PERSON,
    "read_inactivity": _SIDE_OF_THE_PERSON,
    "say_present": only("seeker own", "counsellor own"),
    "postpone_erasure": _ACCOMPANYING,
    "list_inactive": _CASELOADS,
    # Everything, from all services: the person's, and who accompanies them where the person asked; no manager's.
    "request_export": only("seeker own", "counsellor own"),
    "list_exports": only("seeker own", "counsellor own"),
    "read_export": only("seeker own", "counsellor own"),
    "fetch_export": only("seeker own", "counsellor own"),
    "erase_export": only("seeker own", "counsellor own"),
    # Counts that name nobody; nobody guesses the address of one.
    "list_erasures": _MANAGERS,
    "read_erasure": signed_in,
    # Contact points are those of the caller; here only one account has left some.
    "read_own_contact": only("employer own"),
    "put_own_contact": signed_in,
    "erase_own_contact": only("employer own"),
    "list_staff": _MANAGER,
    "invite_staff": _MANAGER,
    "list_staff_invitations": _MANAGER,
    "revoke_staff_invitation": _MANAGER,
    "remove_staff": _MANAGER,
    # Whoever is signed in may be meant: the link decides, with one answer for all who are not.
    "read_staff_invitation": signed_in,
    "accept_staff_invitation": signed_in,
}

MATCHING: dict[str, Rule] = {
    "list_recommendations": _SIDE_OF_THE_PERSON,
    "list_wider_offers": _SIDE_OF_THE_PERSON,
    "add_recommendation": _ACCOMPANYING,
    "mark_seen": _SIDE_OF_THE_PERSON,
    "dismiss": _SIDE_OF_THE_PERSON,
    "pin": _ACCOMPANYING,
    "explain": _SIDE_OF_THE_PERSON,
    "what_would_help": _SIDE_OF_THE_PERSON,
    "what_an_answer_brings": _SIDE_OF_THE_PERSON,
    "replay": _SIDE_OF_THE_PERSON,
    "list_candidates": only("employer own", "counsellor", "manager"),
    "list_offers_without_takers": _MANAGERS,
    "list_profiles_without_recommendations": _CASELOADS,
    "read_audit": _MANAGER,
    "read_dismissals": _MANAGER,
    "list_configurations": _MANAGERS,
    "propose_configuration": _MANAGERS,
    "dry_run": _MANAGERS,
    # For all: who works for every territory that is served.
    "activate": _MANAGER,
}

NOTIFICATIONS: dict[str, Rule] = {
    "list_inbox": only("seeker own", "counsellor own"),
    "mark_read": only("seeker own", "counsellor own"),
    "stream": only("seeker own", "counsellor own"),
    "read_preferences": only("seeker own", "counsellor own"),
    "choose_preferences": only("seeker own", "counsellor own"),
    # The link at the foot of a mail is its own permission.
    "unsubscribe_page": anybody,
    "unsubscribe": anybody,
    "list_deliveries": only("manager", "operator"),
}

_READ_CONTRACTS = only("facilitator own", "manager own", "contracting_authority own", "contractor own")

_OF_AUTHORITY = only("facilitator own", "contracting_authority own")
_OF_CONTRACTOR = only("facilitator own", "contractor own")

CLAUSES: dict[str, Rule] = {
    "create_authority": only("facilitator own"),
    "list_authorities": only("facilitator", "manager"),
    "read_authority": only("facilitator own", "manager own", "contracting_authority own"),
    "create_contract": only("facilitator own"),
    "list_contracts": only("facilitator", "manager", "contracting_authority", "contractor"),
    "invite_to_authority": _OF_AUTHORITY,
    "list_authority_invitations": _OF_AUTHORITY,
    "revoke_authority_invitation": _OF_AUTHORITY,
    "list_authority_users": _OF_AUTHORITY,
    "remove_authority_user": _OF_AUTHORITY,
    "invite_to_contractor": _OF_CONTRACTOR,
    "list_contractor_invitations": _OF_CONTRACTOR,
    "revoke_contractor_invitation": _OF_CONTRACTOR,
    "list_contractor_users": _OF_CONTRACTOR,
    "remove_contractor_user": _OF_CONTRACTOR,
    # Whoever is signed in may be meant: the link decides, with one answer for all who are not.
    "read_authority_invitation": signed_in,
    "accept_authority_invitation": signed_in,
    "read_contractor_invitation": signed_in,
    "accept_contractor_invitation": signed_in,
    "read_contract": _READ_CONTRACTS,
    "change_contract": only("facilitator own"),
    "read_progress": _READ_CONTRACTS,
    "declare_hours": only("facilitator own", "contractor own"),
    "list_hours": only("facilitator own", "manager own", "contractor own"),
    "list_entries": only("facilitator own", "manager own"),
    "read_hours": only("facilitator own", "manager own", "contractor own"),
    "validate_hours": only("facilitator own"),
    "reject_hours": only("facilitator own"),
    "correct_hours": only("facilitator own", "contractor own"),
    "assign_participant": only("facilitator own"),
    "list_participants": only("facilitator own", "manager own", "contractor own"),
    "release_participant": only("facilitator own"),
    "list_rules": _READ_CONTRACTS,
    "change_rules": only("facilitator own"),
    "amend_contract": only("facilitator own"),
    "suspend_contract": only("facilitator own"),
    "resume_contract": only("facilitator own"),
    "terminate_contract": only("facilitator own"),
    "read_reporting": only("facilitator own", "manager own", "contractor own"),
    "compute_penalties": only("facilitator own"),
    "enter_person": only("facilitator own"),
    "list_persons": only("facilitator", "manager"),
    "read_person": only("facilitator own", "manager own"),
    "read_pathway": only("facilitator own", "manager own"),
    "change_person": only("facilitator own"),
    "erase_person": only("facilitator own"),
    "decide_eligibility": only("facilitator own"),
    "list_eligibilities": only("facilitator own", "manager own"),
    "withdraw_eligibility": only("facilitator own"),
    "list_categories": only("facilitator own", "manager own"),
    "add_category": only("facilitator own"),
    "end_category": only("facilitator own"),
    "begin_employment": only("facilitator own", "contractor own"),
    "list_employments": only("facilitator own", "manager own", "contractor own"),
    "read_employment": only("facilitator own", "manager own", "contractor own"),
    "change_employment": only("facilitator own", "contractor own"),
    "follow_exit": only("facilitator own"),
    "sheet_template": only("facilitator own", "contractor own"),
    "declare_sheet": only("facilitator own", "contractor own"),
    "validate_several": only("facilitator own"),
    "reject_several": only("facilitator own"),
    "read_report": only("facilitator", "manager", "contracting_authority"),
    "read_public_report": anybody,
    # A text that is nobody's: it is read and forgotten.
    "propose_volumes": only("facilitator"),
    "list_offer_requests": only("facilitator own", "manager own"),
    "list_hires": only("facilitator"),
    "record_hire": only("facilitator own"),
    "dismiss_hire": only("facilitator own"),
    # A contractor its own entries, without anybody's category; a buyer how many there are, where enough people did them.
    "list_trail": only("facilitator", "manager", "contractor"),
    "list_ended_employments": only("facilitator", "manager"),
    "list_evidence": only("facilitator", "manager", "contracting_authority"),
    "list_alerts": only("facilitator", "manager"),
    "list_followers": only("facilitator own", "manager own"),
    "follow_contract": only("facilitator own"),
    "unfollow_contract": only("facilitator own"),
    "import_contracts": only("facilitator own"),
    "list_drafts": only("facilitator", "manager"),
    "read_draft": only("facilitator own", "manager own"),
    "conclude_draft": only("facilitator own"),
    "dismiss_draft": only("facilitator own"),
    "attach_draft": only("facilitator own"),
    "list_amendment_drafts": only("facilitator", "manager"),
    "read_amendment_draft": only("facilitator own", "manager own"),
    "accept_amendment_draft": only("facilitator own"),
    "dismiss_amendment_draft": only("facilitator own"),
    # A directory names nobody: whoever acts for any contractor of the territory may look for partners in it.
    "find_suppliers": only("facilitator own", "manager own", "contracting_authority own", "contractor"),
    "import_directory": only("manager own"),
}

MAY: dict[str, dict[str, Rule]] = {
    "offers": OFFERS,
    "profiles": PROFILES,
    "matching": MATCHING,
    "notifications": NOTIFICATIONS,
    "clauses": CLAUSES,
}

READERS: dict[str, dict[str, Rule]] = {
    "offers": {"Ma lettre à moi seule": _BOTH_SIDES, "profile-1": _BOTH_SIDES},
    "profiles": {
        "invited@example.org": only(),
        # The employer by what was disclosed to them alone, which ticked no contact point.
        "Zébulonne": _BOTH_SIDES,
        "zebulonne@example.org": _SIDE_OF_THE_PERSON,
    },
    "matching": {"profile-1": _BOTH_SIDES},
    "notifications": {
        "Zébulonne": only("seeker own", "counsellor own"),
        "nadia@example.org": only(),
        "profile-1": only("seeker own", "counsellor own", "manager own", "operator"),
    },
    "clauses": {"invited@example.org": only(), "P-1": only("facilitator own", "manager own", "contractor own")},
}
"""What stands in answers about a person, by service, and the only callers who may read it there."""
