"""Bodies that the OpenAPI document shows; a test sends each of them."""

from typing import Any

from fastapi.openapi.models import Example

from services.profiles.domain.disclosure import TEXT_VERSION as DISCLOSURE_TEXT
from services.profiles.domain.guardian import TEXT_VERSION as GUARDIAN_TEXT
from shared.http.examples import NEXT_WEEK

_SEARCH: dict[str, Any] = {
    "place": {"commune_code": "23096"},
    "occupations": [
        {"code": "K1304", "experience_months": 24},
        {"code": "J1301"},
        {"code": "K1302", "experience_months": 60, "sought": False},
    ],
    "skills": ["aide-repas"],
    "travel": [{"means": "moped", "range_km": 15}],
    "licences": ["AM"],
    "vehicle": True,
    "availability": {"night": False, "weekend": False, "weekly_hours_max": 30},
    "french_level": "B1",
}

CREATE: dict[str, Example] = {
    "own": {
        "summary": "A seeker's own profile",
        "value": {
            "first_name": "Nadia",
            "last_name": "Lemoine",
            "birth_date": "1989-04-17",
            "email": "nadia.lemoine@example.org",
            "phone": "06 12 34 56 78",
            "consents_to_messages": True,
            **_SEARCH,
        },
    },
    "without_email": {
        "summary": "A counsellor for somebody without e-mail or smartphone",
        "value": {
            "first_name": "Roger",
            "last_name": "Vallade",
            "birth_date": "1971-09-02",
            "phone": "05 55 52 00 00",
            "statuses": {"rsa_recipient": True, "registered_on": "2025-11-03"},
            "reserved_eligible": ["clause"],
            "consents_to_messages": True,
            **_SEARCH,
        },
    },
}

PATCH: dict[str, Example] = {
    "availability": {
        "summary": "One member of the availability; the others stay",
        "value": {"availability": {"weekend": True}},
    },
    "cv": {
        "summary": "What only the CV needs",
        "value": {
            "cv": {
                "presentation": "Patiente et ponctuelle, je cherche un poste près de Guéret.",
                "experiences": [
                    {
                        "title": "Aide à domicile",
                        "employer": "ADMR de la Creuse",
                        "place": "Guéret",
                        "begin": "2019-03",
                        "end": "2024-06",
                        "tasks": "Aide à la toilette\nCourses et repas",
                    }
                ],
                "diplomas": [{"title": "Titre professionnel ADVF", "school": "GRETA du Limousin", "year": 2019}],
                "languages": [{"name": "Français", "mother_tongue": True}, {"name": "Arabe", "level": "B2"}],
            }
        },
    },
    "licence": {
        "summary": "A licence that somebody is learning for",
        "value": {"licences_in_preparation": [{"licence": "B", "expected_on": NEXT_WEEK}]},
    },
    "moved": {"summary": "A new home", "value": {"place": {"commune_code": "23176"}}},
}

COUNSELLOR: dict[str, Example] = {
    "self": {"summary": "The caller takes the person on", "value": {"action": "assign"}},
    "colleague": {"summary": "A colleague", "value": {"action": "assign", "counsellor_id": "counsellor-2"}},
}

ACCOUNT: dict[str, Example] = {
    "account": {"summary": "An account that the person names", "value": {"owner_id": "seeker-17"}},
    "address": {"summary": "Whoever has the person's address", "value": {"email": "nadia@example.org"}},
}

ACCOUNT_REMOVAL: dict[str, Example] = {
    "wrong": {"summary": "The link went to somebody else", "value": {"reason": "wrong_account"}},
    "lost": {"summary": "The person cannot get into it any more", "value": {"reason": "lost_access"}},
}

CONTACT: dict[str, Example] = {
    "counsellor": {
        "summary": "A counsellor's own",
        "value": {"first_name": "Claire", "email": "claire@example.org", "channels": ["email", "inbox"]},
    }
}

DISCLOSURE: dict[str, Example] = {
    "own": {
        "summary": "A seeker's own, with the CV made from the profile",
        "value": {
            "company_id": "company-1",
            "offer_id": "offer-1",
            "contacts": ["phone"],
            "cv": {"kind": "made", "layout": "compact"},
            "text_version": DISCLOSURE_TEXT,
        },
    },
    "on_the_phone": {
        "summary": "A counsellor, for somebody who agreed on the phone and is reached through them",
        "value": {
            "company_id": "company-1",
            "offer_id": "offer-1",
            "contacts": ["counsellor"],
            "text_version": DISCLOSURE_TEXT,
            "heard": "by_phone",
        },
    },
}

CONFIRMATION: dict[str, Example] = {
    "right": {
        "summary": "Two of the proposals are right",
        "value": {
            "occupations": [{"code": "K1302", "experience_months": 64}],
            "licences": ["B"],
            "commune_code": "23096",
        },
    }
}

POOL_ENTRY: dict[str, Example] = {
    "agreed": {
        "summary": "The person agreed on the telephone",
        "value": {"text_version": "2026-11", "heard": "by_phone"},
    }
}

POOL_ANSWER: dict[str, Example] = {
    "yes": {"summary": "Yes, without contact points", "value": {"accept": True, "heard": "in_person"}},
    "no": {"summary": "No", "value": {"accept": False, "heard": "in_person"}},
}

POOL_QUESTION: dict[str, Example] = {
    "post": {
        "summary": "About a post",
        "value": {
            "company_id": "company-1",
            "message": "Nous cherchons une aide à domicile à Guéret, 24 h par semaine.",
        },
    }
}

EXPORT: dict[str, Example] = {
    "own": {"summary": "One's own", "value": {}},
    "on_the_phone": {"summary": "A counsellor, for somebody who asked on the phone", "value": {"heard": "by_phone"}},
}

POSTPONEMENT: dict[str, Example] = {"day": {"summary": "Its last day", "value": {"until": NEXT_WEEK}}}

GUARDIAN_CONSENT: dict[str, Example] = {
    "parent": {
        "summary": "A mother, on the phone",
        "value": {
            "given_by": "parent",
            "name": "Sylvie Lemoine",
            "given_on": "2026-02-27",
            "heard": "by_phone",
            "text_version": GUARDIAN_TEXT,
        },
    }
}

TRANSFER: dict[str, Example] = {
    "moved": {"summary": "Moved to the Haute-Vienne", "value": {"to": "87", "heard": "by_phone"}}
}
TRANSFER_TAKEN: dict[str, Example] = {
    "counsellor": {"summary": "With who accompanies there", "value": {"counsellor_id": "counsellor-87"}}
}

STATUS: dict[str, Example] = {
    "rsa": {
        "summary": "RSA, shown by the CAF's statement",
        "value": {
            "category": "rsa",
            "since": "2025-06-01",
            "as_of": "2026-02-10",
            "evidence": "caf_statement",
            "evidence_dated": "2026-02-10",
        },
    },
    "said": {
        "summary": "What the person says, before a paper is seen",
        "value": {"category": "long_term_unemployed", "source": "person"},
    },
}

STATUS_CORRECTION: dict[str, Example] = {
    "later": {
        "summary": "It began later",
        "value": {
            "category": "rsa",
            "since": "2025-09-01",
            "evidence": "caf_statement",
            "evidence_dated": "2026-02-10",
            "reason": "Date de début mal lue",
        },
    }
}

STATUS_END: dict[str, Example] = {
    "work": {"summary": "No longer", "value": {"on": "2026-02-16", "reason": "Reprise d'emploi"}}
}

LISTED_REGISTRATION: dict[str, Example] = {
    "phone": {"summary": "Reached on the phone", "value": {"phone": "05 55 52 00 00", "consents_to_messages": True}}
}

LISTED_DECISION: dict[str, Example] = {"nobody": {"summary": "Nobody here", "value": {"nobody": True}}}

LIMITS: dict[str, Example] = {
    "back": {"summary": "No loads, no standing all day", "value": {"limits": ["heavy_lifting", "long_standing"]}}
}
