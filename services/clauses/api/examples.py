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
