"""Bodies that the OpenAPI document shows; a test sends each of them."""

from fastapi.openapi.models import Example

AUTHORITY: dict[str, Example] = {
    "town": {"summary": "A town", "value": {"name": "Ville de Guéret"}},
}

CONTRACT: dict[str, Example] = {
    "labour_share": {
        "summary": "An execution condition sized by the share of labour: 833 h",
        "value": {
            "reference": "2026-014",
            "title": "Réhabilitation de l'école Jules-Ferry",
            "kind": "execution_condition",
            "contracting_authority_name": "Ville de Guéret",
            "starts_on": "2026-01-05",
            "ends_on": "2026-12-18",
            "amount": "1000000.00",
            "objective": {
                "rule": "labour_share",
                "amount": "1000000.00",
                "labour_share_percent": "50",
                "effort_percent": "5",
                "hourly_cost": "30.00",
            },
            "contractor_ids": ["contractor-1"],
        },
    },
    "grant": {
        "summary": "A grant with an objective by hand, in two lots",
        "value": {
            "title": "Subvention au club de canoë",
            "kind": "grant_condition",
            "contracting_authority_name": "Conseil départemental de la Creuse",
            "starts_on": "2026-02-01",
            "ends_on": "2027-01-31",
            "objective": {"rule": "manual", "hours": "350.50", "reason": "Convention du 12 janvier 2026"},
            "lots": [
                {"id": "1", "title": "Berges", "contractor_ids": ["contractor-1"], "objective_hours": "200.00"},
                {"id": "2", "title": "Entretien", "contractor_ids": ["contractor-2"]},
            ],
        },
    },
}

PATCH: dict[str, Example] = {
    "longer": {"summary": "The contract lasts longer", "value": {"ends_on": "2027-03-31"}},
    "parameters": {"summary": "One parameter", "value": {"parameters": {"monthly_limit_hours": "200.00"}}},
}

HOURS: dict[str, Example] = {
    "month": {
        "summary": "A month of a person",
        "value": {
            "participant_id": "P-0042",
            "employment": {"kind": "cdd", "employer": "Bâti Creuse"},
            "month": "2026-02",
            "hours": "121.33",
            "evidence": [{"kind": "payslip", "dated": "2026-02-28"}],
        },
    }
}

HOURS_LIST: dict[str, Example] = {
    "two": {"summary": "Two declarations", "value": {"hours_ids": ["019a3f60-0001", "019a3f60-0002"]}}
}

HOURS_REJECTED: dict[str, Example] = {
    "two": {
        "summary": "Two declarations of a sheet that was another contract's",
        "value": {"hours_ids": ["019a3f60-0001", "019a3f60-0002"], "reason": "Feuille d'un autre marché"},
    }
}

CORRECTION: dict[str, Example] = {
    "hours": {"summary": "Other hours", "value": {"hours": "112.00", "reason": "Absence du 12 au 13"}}
}

REJECTION: dict[str, Example] = {"reason": {"summary": "Why", "value": {"reason": "Bulletin de paie illisible"}}}

PARTICIPANT: dict[str, Example] = {
    "profile": {
        "summary": "A person of the platform, who agreed",
        "value": {
            "participant_id": "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e",
            "contractor_id": "contractor-1",
            "consented_on": "2026-01-12",
        },
    },
    "reference": {"summary": "A reference of the desk", "value": {"participant_id": "P-1"}},
}

RULES: dict[str, Example] = {
    "before_hire": {
        "summary": "Approval before the hire, penalties",
        "value": {
            "since": "2026-04",
            "rules": {"eligibility": "before_hire", "penalties": {"per_missing_hour": "200.00"}},
            "reason": "Avenant au CCAP",
        },
    }
}

AMENDMENT: dict[str, Example] = {
    "more": {
        "summary": "More works, more hours",
        "value": {
            "effective_on": "2026-03-01",
            "reason": "Avenant n° 1 : lot supplémentaire",
            "objective": {"rule": "manual", "hours": "1200.00", "reason": "Avenant n° 1"},
        },
    }
}

SUSPENSION: dict[str, Example] = {
    "works": {"summary": "Works stop", "value": {"since": "2026-02-16", "reason": "Ordre de service du 13 février"}}
}

RESUMPTION: dict[str, Example] = {"day": {"summary": "Works go on", "value": {"on": "2026-06-01"}}}

TERMINATION: dict[str, Example] = {
    "fault": {"summary": "Ended early", "value": {"on": "2026-10-30", "reason": "Résiliation amiable"}}
}

PERSON: dict[str, Example] = {
    "reference": {
        "summary": "A reference of the desk",
        "value": {
            "participant_id": "P-0042",
            "sex": "female",
            "birth_year": 1989,
            "commune_code": "23096",
            "prescriber": "France Travail Guéret",
        },
    },
    "minor": {
        "summary": "Somebody who may not be 18 yet",
        "value": {"participant_id": "P-0043", "birth_year": 2009, "guardian_consent_on": "2026-01-12"},
    },
}

PERSON_PATCH: dict[str, Example] = {"moved": {"summary": "Moved", "value": {"commune_code": "23008"}}}

ELIGIBILITY: dict[str, Example] = {
    "rsa": {
        "summary": "RSA, shown by the CAF's statement",
        "value": {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}]},
    },
    "opinion": {
        "summary": "On the facilitator's reasoned opinion",
        "value": {
            "categories": ["reasoned_opinion"],
            "evidence": [{"kind": "interview", "dated": "2026-02-20"}],
            "opinion": "Parent isolé sans mode de garde jusqu'en janvier, trois ans sans emploi.",
        },
    },
}

WITHDRAWAL: dict[str, Example] = {"wrong": {"summary": "Why", "value": {"reason": "Attestation d'une autre personne"}}}

CATEGORY: dict[str, Example] = {
    "programme": {
        "summary": "A programme of the territory",
        "value": {
            "code": "local:territoire_zero_chomeur",
            "label": "Salarié d'une entreprise à but d'emploi",
            "evidence": ["structure_contract"],
            "valid_from": "2026-01-01",
        },
    }
}

CATEGORY_END: dict[str, Example] = {"day": {"summary": "Its last day", "value": {"valid_until": "2026-12-31"}}}

EMPLOYMENT: dict[str, Example] = {
    "supplied": {
        "summary": "Supplied by an ETTI",
        "value": {
            "participant_id": "P-2",
            "kind": "supplied",
            "employer": "Creuse Intérim Insertion",
            "workplace": "École Jules-Ferry, Guéret",
            "workplace_commune_code": "23096",
            "supplier": {"kind": "etti", "name": "Creuse Intérim Insertion"},
            "support": "PLIE du Grand Guéret",
            "starts_on": "2026-02-02",
        },
    }
}

EMPLOYMENT_PATCH: dict[str, Example] = {
    "ended": {"summary": "It ended", "value": {"ends_on": "2026-02-27", "end_reason": "hired_by_employer"}}
}

EXIT: dict[str, Example] = {
    "six": {"summary": "Six months after", "value": {"months": 6, "situation": "cdi", "seen_on": "2026-09-01"}}
}

HIRE: dict[str, Example] = {
    "agreed": {
        "summary": "The person agrees, the contractor employs",
        "value": {"consented_on": "2026-03-02", "employer": "Bâti Creuse", "contractor_id": "contractor-1"},
    }
}
