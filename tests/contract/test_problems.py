"""What the documents show of refusals is what services answer, to the letter."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.docs import DOCS
from shared import refusals
from shared.contracts.topics import SERVICES
from shared.http.problems import MEDIA_TYPE, PROBLEMS
from shared.http.refusal_examples import refusals as shown_refusals
from tests.contract.authorisation.rules import MAY
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import operations
from tests.contract.test_bounds import bodies
from tests.support import Stack

JSON = {"Content-Type": "application/json"}


def document(service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / f"openapi-{service}.json").read_text())
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_refusal_of_an_operation_shows_one(service: str) -> None:
    shown = document(service)
    for path, methods in shown["paths"].items():
        for method, operation in methods.items():
            if "text/html" in operation["responses"].get("200", {}).get("content", {}):
                continue  # a link in a mail
            for status in PROBLEMS:
                reference = operation["responses"][str(status)]["$ref"].rsplit("/", 1)[-1]
                example = shown["components"]["responses"][reference]["content"][MEDIA_TYPE]["example"]
                assert example["status"] == status, f"{method} {path}"


async def refused(world: World, service: str, name: str, method: str, path: str) -> dict[int, httpx.Response]:
    """Answers of an operation to requests that are wrong in what HTTP, and not a service, is about."""
    client = world.running.client
    operation = world.running.app.openapi()["paths"][path][method.lower()]
    ids = world.ids | world.own.get(name, {})
    url = re.sub(r"{(\w+)}", lambda found: ids[found.group(1)], path)
    allowed = next((one for one in world.callers if MAY[service][name](one)), "anonymous")
    headers = world.callers[allowed]
    answers: dict[int, httpx.Response] = {}
    if {} not in operation["security"] and operation["security"]:
        answers[401] = await client.request(method, url)
        answers[403] = await client.request(method, url, headers=world.callers["nobody"] | JSON | {"If-Match": "*"})
    if "{" in path:
        nowhere = re.sub(r"{\w+}", "%C3%A9", path)
        answers[404] = await client.request(method, nowhere, headers=headers)
    if "application/json" in operation.get("requestBody", {}).get("content", {}) and not name.startswith("import_"):
        own = headers | {"If-Match": "*"}
        answers[400] = await client.request(method, url, headers=own | JSON, content=b'{"occupations": ["K1302", ]}')
        large = {"Content-Length": "2000001"}  # what it says of itself is enough
        answers[413] = await client.request(method, url, headers=own | JSON | large, content=b"{}")
        plain = {"Content-Type": "text/plain"}
        answers[415] = await client.request(method, url, headers=own | plain, content=b"{}")
    if any(one["name"].lower() == "if-match" for one in operation.get("parameters", ())):
        answers[428] = await client.request(method, url, headers=headers | JSON, content=b"{}")
        answers[412] = await client.request(
            method, url, headers=headers | JSON | {"If-Match": '"987654321"'}, json=world.bodies.get(name)
        )
    return answers


def told(problem: dict[str, Any]) -> tuple[Any, ...]:
    """What two refusals of one kind have in common: figures in their sentences differ."""
    sentence = re.sub(r"\d[\d\u202f]*", "N", problem["detail"])
    return problem["type"], problem["title"], problem["status"], problem["code"], sentence


@pytest.mark.parametrize("service", SERVICES)
async def test_what_the_document_shows_is_what_is_answered(service: str, stack: Stack) -> None:
    async with world_of(service, stack) as world:
        responses = world.running.app.openapi()["components"]["responses"]
        wrong: list[str] = []
        seen: set[int] = set()
        for name, method, path in operations(world):
            if name == "stream":
                continue
            for status, answer in (await refused(world, service, name, method, path)).items():
                if "text/html" in answer.headers["content-type"]:
                    continue  # a link in a mail
                if status in (403, 412) and answer.status_code != status:
                    continue  # who has no role is refused by what the operation is about, or reads nothing
                if answer.status_code < 400:
                    wrong.append(f"{name}: {status} was expected, {answer.status_code} came")
                    continue
                problem = answer.json()
                if (status == 403 and "has" not in problem) or (status == 412 and "current_version" not in problem):
                    continue  # a service's own words
                seen.add(status)
                shown = responses[f"Problem{status}"]["content"][MEDIA_TYPE]["example"]
                if told(problem) != told(shown):
                    wrong.append(f"{name}: shows {told(shown)}, answers {told(problem)}")
                if problem.keys() != shown.keys():
                    wrong.append(f"{name}: shows {sorted(shown)}, answers {sorted(problem)}")
        assert not wrong, "\n".join(wrong)
        assert seen >= {401, 404} or not operations(world)
        if service == "offers":
            assert seen == {400, 401, 403, 404, 412, 413, 415, 428}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_example_can_be_sent_as_it_stands(service: str, stack: Stack) -> None:
    """Its ids are of nobody, and what it asks may be impossible by now; but nothing is wrong with how it is written."""
    async with world_of(service, stack) as world:
        wrong: list[str] = []
        for name, method, path in operations(world):
            content = (
                world.running.app.openapi()["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
            )
            ids = world.ids | world.own.get(name, {})
            url = re.sub(r"{(\w+)}", lambda found, ids=ids: ids[found.group(1)], path)
            allowed = next((one for one in world.callers if MAY[service][name](one)), "anonymous")
            for kind, media in content.items():
                shown = [one["value"] for one in media.get("examples", {}).values()] or [media.get("example")]
                for example in shown:
                    if example is None:
                        continue  # a file
                    answer = await world.running.client.request(
                        method,
                        url,
                        headers=world.callers[allowed] | {"If-Match": "*", "Content-Type": kind},
                        params=world.queries.get(name),
                        content=example if isinstance(example, str) else json.dumps(example),
                    )
                    if answer.status_code < 300:
                        await world.put_back()
                    elif answer.status_code not in (403, 404, 409, 422) or answer.json()["code"] == "validation":
                        wrong.append(f"{name}: {json.dumps(example)[:80]} is answered {answer.text[:300]}")
        assert not wrong, "\n".join(wrong)


def test_the_page_for_front_ends_names_the_codes_that_are_answered() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \|", (DOCS / "front-end.md").read_text(), re.M)
    assert {int(status): code for status, code in rows} == {
        status: one["code"] for status, one in shown_refusals().items()
    }


def patterns(part: Any) -> Iterator[str]:
    """Every pattern that a text is held against."""
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            yield part["pattern"]
        for inner in part.values():
            yield from patterns(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from patterns(inner)


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_of_a_request_says_in_french_what_is_expected(service: str) -> None:
    list(bodies(service))  # what declares them is imported
    shown = document(service)
    asked = [
        [operation.get("parameters", []), operation.get("requestBody", {})]
        for methods in shown["paths"].values()
        for operation in methods.values()
    ]
    schemas = shown["components"]["schemas"]
    waiting = re.findall(r"#/components/schemas/([\w.-]+)", json.dumps(asked))
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += re.findall(r"#/components/schemas/([\w.-]+)", json.dumps(schemas[name]))
    found = {*patterns(asked), *(one for name in reached for one in patterns(schemas[name]))}
    clock = {one for one in found if one.startswith("^([01]?[0-9]|2[0-3]):")}  # ``ClockTime`` refuses it itself
    assert found - clock <= refusals._SHAPES.keys(), "shaped(pattern, sentence)"
