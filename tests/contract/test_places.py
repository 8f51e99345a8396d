"""What was made says where it is (RFC 9110 15.3.2), and the document names the header exactly where it is sent."""

import inspect
import re

import pytest
from fastapi.routing import APIRoute

from shared.contracts.topics import SERVICES
from shared.http import IdempotentRoute
from shared.http.callers import token_needed
from shared.http.places import tells_place
from tests.contract.authorisation.rules import MAY
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import call, operations
from tests.support import Stack

MADE = ("201", "202")
NOWHERE = {
    "PUT /v1/contacts/me": "it is at the address that was asked",
    "POST /v1/contracts/{contract_id}/rules": "they are at the address that was asked",
    "POST /v1/configurations": "only lists show one",
    "POST /v1/profiles/{profile_id}/recommendations": "only lists show one",
    "POST /v1/eligibility-categories": "only the referential shows one",
    "POST /v1/participants/{participant_id}/eligibilities": "only lists show one",
    "POST /v1/offers/{offer_id}/invitations": "nothing is told of what became of it",
    "POST /v1/offers/{offer_id}/schedule-request": "nothing is kept of it",
}
"""Operations that make something, or take it on, which has no address of its own."""
UNMADE = {
    "POST /v1/imports": "202 is asked for by `Prefer`",
    "POST /v1/companies/{company_id}/imports": "202 is asked for by `Prefer`",
    "POST /v1/cv-files": "it takes a file",
    "POST /v1/companies": "there is one",
    "POST /v1/offers/{offer_id}/applications": "they have applied",
    "POST /v1/offers/{offer_id}/schedule-request": "it was asked",
    "POST /v1/agenda/{agenda_id}/registrations": "they are registered",
    "POST /v1/profiles/{profile_id}/account": "the profile is an account's",
    "POST /v1/profiles/{profile_id}/exports": "one is under way",
    "POST /v1/contracts/{contract_id}/employments": "they are employed",
}
"""By what nothing is made in the world of the matrix."""


def _known(world: World, address: str) -> str | None:
    """The path of the document that an address is one of."""
    for path in world.running.app.openapi()["paths"]:
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), address.partition("?")[0]):
            return str(path)
    return None


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_made_says_where_it_is_and_the_document_says_that_it_does(service: str, stack: Stack) -> None:
    async with world_of(service, stack) as world:
        wrong, made = [], set()
        paths = world.running.app.openapi()["paths"]
        for name, method, path in operations(world):
            where, responses = f"{method} {path}", paths[path][method.lower()]["responses"]
            says = [where for status in MADE if "Location" in responses.get(status, {}).get("headers", {})]
            if not set(MADE) & set(responses):
                continue
            if bool(says) == (where in NOWHERE):
                wrong.append(f"{where}: ask for `Located`, or say in NOWHERE why it has no address")
            for caller in world.callers:
                if not MAY[service][name](caller):
                    continue
                answer = await call(world, name, method, path, caller)
                if str(answer.status_code) not in MADE:
                    continue
                made.add(where)
                address = answer.headers.get("Location", "")
                if bool(address) != bool(says):
                    wrong.append(f"{where} by {caller}: {answer.status_code} with Location «{address}»")
                elif address:
                    known = _known(world, address)
                    if known is None:
                        wrong.append(f"{where}: {address} is no address of this service")
                    elif "get" in paths[known]:
                        shown = await world.running.client.get(address, headers=world.callers[caller])
                        if shown.status_code != 200:
                            wrong.append(f"{where} by {caller}: {address} answers {shown.status_code}")
                await world.put_back()
        making = {
            f"{method} {path}" for _, method, path in operations(world)
            if set(MADE) & set(paths[path][method.lower()]["responses"])
        }  # fmt: skip
        assert not wrong, "\n".join(wrong)
        assert making - made - UNMADE.keys() == set(), "nothing is made by these in the world of the matrix"
        assert not made & UNMADE.keys()


def test_nobody_forgets_that_an_operation_is_gone() -> None:
    from tests.contract.test_documents import operations as documented

    known = {where for name in SERVICES for where, _ in documented(name)}
    assert (NOWHERE.keys() | UNMADE.keys()) <= known


@pytest.mark.parametrize("service", SERVICES)
async def test_who_asks_to_tell_an_address_tells_it(service: str, stack: Stack) -> None:
    async with stack.running(service) as running:
        asking = [one for one in running.app.routes if isinstance(one, APIRoute) and tells_place(one.dependant)]
        for route in asking:
            _, body = inspect.getsource(route.endpoint).split("->", 1)
            assert re.search(r"\blocated\b", body), f"{route.path}: it documents Location and sends none"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_post_whose_repetition_is_known_says_which_header_it_takes(service: str, stack: Stack) -> None:
    """Clients that are made of the documents send no header that these do not name."""
    async with world_of(service, stack) as world:
        paths = world.running.app.openapi()["paths"]
        told = {
            path
            for path, methods in paths.items()
            if any(one["name"] == "Idempotency-Key" for one in methods.get("post", {}).get("parameters", ()))
        }
        routes = [one for one in world.running.app.routes if isinstance(one, IdempotentRoute) and "POST" in one.methods]
        # Of who shows no token no row is kept.
        assert told == {one.path_format for one in routes if token_needed(one.dependant) is not None}
