"""A social security number is refused in whatever field of a profile somebody writes it."""

from typing import Any

import pytest

from services.profiles.domain.details import ProfileDetails
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack

NIR = "1 85 05 78 006 084 91"
FIELDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("first_name", {"first_name": f"Nadia {NIR}"}),
    ("last_name", {"last_name": "185057800608491"}),
    ("email", {"email": "185057800608491@example.org"}),
    ("phone", {"phone": NIR}),
    ("skills.1", {"skills": ["aide-repas", NIR]}),
    ("place.address", {"place": {"commune_code": "23096", "address": f"3 rue des Tilleuls, sécu {NIR}"}}),
    ("counsellor_ids.0", {"counsellor_ids": ["185052A00608435"]}),
    ("notes.0.of", {"notes": [{"of": NIR}]}),  # unknown fields are refused as well, and not repeated
)


@pytest.mark.parametrize(("field", "changes"), FIELDS, ids=[field for field, _ in FIELDS])
async def test_no_field_takes_a_social_security_number(
    profiles: Running, stack: Stack, field: str, changes: dict[str, Any]
) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    answer = await profiles.client.post("/v1/profiles", json=a_body(**changes), headers=who)
    assert (answer.status_code, answer.json()["code"]) == (422, "personal-number")
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [(field, "personal-number")]
    assert "85 05 78" not in answer.text
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=who)
    if field in ProfileDetails.model_fields:
        patched = await profiles.client.patch(made.headers["location"], json=changes, headers=who | {"If-Match": "*"})
        assert patched.status_code == 422


async def test_contact_points_take_none_either(profiles: Running, stack: Stack) -> None:
    who = stack.token("employer", subject="employer-1")
    answer = await profiles.client.put("/v1/contacts/me", json={"first_name": NIR}, headers=who)
    assert (answer.status_code, answer.json()["code"]) == (422, "personal-number")


async def test_strangers_are_told_nothing_but_to_sign_in(profiles: Running) -> None:
    answer = await profiles.client.post("/v1/profiles", json=a_body(first_name=NIR))
    assert answer.status_code == 401


async def test_escaped_figures_are_figures(profiles: Running, stack: Stack) -> None:
    who = stack.token("counsellor", subject="counsellor-1") | {"content-type": "application/json"}
    escaped = "".join(f"\\u{ord(one):04x}" for one in "１８５０５７８００６０８４")
    body = f'{{"first_name": "{escaped}", "last_name": "x"}}'
    answer = await profiles.client.post("/v1/profiles", content=body.encode(), headers=who)
    assert (answer.status_code, answer.json()["code"]) == (422, "personal-number")
