"""A social security number is refused by every operation of every service that takes words, whoever adds one."""

import re
from typing import Any

import pytest

from shared.contracts.topics import SERVICES
from tests.support import Stack

NIR = "née à Ajaccio, 2 85 05 2A 006 084 | 21"
ROW_BY_ROW = {"import_offers", "import_company_offers", "import_contracts", "import_directory"}
"""Answer for each row by itself; their own tests say that a row with a number is refused."""


@pytest.mark.parametrize("service", SERVICES)
async def test_no_operation_takes_a_social_security_number(service: str, stack: Stack) -> None:
    who = stack.token("seeker", "counsellor", "manager", "employer", "facilitator", "contractor", "partner")
    async with stack.running(service) as running:
        document: dict[str, Any] = running.app.openapi()
        asked = []
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if method == "get" or operation["operationId"] in ROW_BY_ROW:
                    continue
                for body, field in (({"x": [{"title": NIR}]}, "x.0.title"), ([NIR], "0"), (NIR, "(body)")):
                    url = re.sub(r"{\w+}", "x", path)
                    answer = await running.client.request(method, url, json=body, headers=who | {"If-Match": "*"})
                    named = [(one["field"], one["rule"]) for one in answer.json()["errors"]]
                    assert (answer.status_code, named) == (422, [(field, "personal-number")]), operation["operationId"]
                    assert "2A" not in answer.text
                asked.append(operation["operationId"])
        assert asked
        anonymous = await running.client.post(re.sub(r"{\w+}", "x", path), json=[NIR])
        assert anonymous.json()["code"] != "personal-number"
