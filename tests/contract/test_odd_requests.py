"""Whatever is wrong with a request, at every operation of every service: an answer at once, in French, that names the place and
repeats nothing of what was sent.

Each odd value is put somewhere at each operation and each place gets some of them, in turn: all in all places takes minutes.
"""

import copy
import gzip
import itertools
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shared.contracts.topics import SERVICES
from tests.contract.authorisation.rules import MAY
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import example, operations
from tests.support import Stack

MAIL = "zebulonne.marquee@exemple.fr"
NUMBER = "285032309604256"  # of nobody's: it has no right key, so it is looked up as an id may be
MARK = "Zebulonne-Marquee"
_ENGLISH = re.compile(r"\b(the|is|are|should|must|not|of|this|that|with|valid|your|was|has|have|been|error)\b", re.I)
_FIELD = re.compile(r"(?:[a-z][a-z0-9_-]*|\d+|\((?:body|unknown|whole)\))(?:\.(?:[a-z][a-z0-9_-]*|\d+|\(unknown\)))*")
_NO_SIGN = re.compile(r"[\x00-\x1f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

VALUES: list[Any] = [
    None, True, {}, [], [MARK], MARK, MAIL, NUMBER, "", 0, 1, -1, 1.5, 10**30, -(10**30), 1.5e300,
    "a\u0000b", "\u202eabc\u05d0", "a" + "\u0301" * 500, "\ufeffabc", "\U0001f469\u200d\U0001f467" * 50, "x" * 5_000,
    "0001-01-01", "9999-12-31", "2026-02-29", "2028-02-29", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    list(range(999)), {"$gt": ""}, {MAIL: MARK}, [[[[[[[[[[1]]]]]]]]]], "../../etc/passwd",
]  # fmt: skip
TEXTS = [
    "", MARK, MAIL, NUMBER, "-1", "0", "1e9", "1" * 400, "null", "true", "NaN", "Infinity", "0001-01-01", "9999-12-31",
    "2026-02-29", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "\u0000", "\u202e\u05d0", "a" + "\u0301" * 300, "x" * 5_000,
]  # fmt: skip
PATHS = ["%00", "%ff", "%E2%80%AE", "a%20b", "..%2f..", "x" * 600, MAIL, NUMBER, MARK]
RAW: dict[str, bytes] = {
    "nothing": b"", "null": b"null", "a text": b'"x"', "a number": b"1", "a list": b"[]", "half": b'{"a"', "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":Infinity}', "half a character": b'{"a":"\\ud800"}', "no UTF-8": b'{"a":"\xff"}', "twice": b'{"a":1,"a":2}',
    "a mark": b"\xef\xbb\xbf{}", "UTF-16": "{}".encode("utf-16"), "many": b"[" + b"1," * 100_000 + b"1]", "deep": b"[" * 5_000,
    "gzip": b"\x1f\x8b\x08\x00", "digits": b'{"a":' + b"9" * 5_000 + b"}",
}  # fmt: skip


def form(*parts: tuple[str, bytes]) -> bytes:
    """The body of a form: headers and content of its parts."""
    return b"".join(b"--x\r\n%s\r\n\r\n%s\r\n" % (head.encode(), content) for head, content in parts) + b"--x--\r\n"


_OF_A_FILE = 'Content-Disposition: form-data; name="file"; filename="a.csv"'
FILES: dict[str, bytes] = {
    "nothing": b"", "nonsense": bytes(range(256)) * 40, "a broken gzip": b"\x1f\x8b\x08\x00abc", "a broken zip": b"PK\x03\x04abc",
    "zeros in gzip": gzip.compress(bytes(5_000_000)), "no PDF": b"%PDF-1.7 abc", "titles alone": b"Nom;Ville\n",
    "NUL": b"a\x00;b\n\x00;\n", "UTF-16": "Référence;Nom\n1;A\n".encode("utf-16"), "half a list": b'[{"id": "1"',
    "odd rows": json.dumps([None, 1, [], {}, MARK, {"id": MARK}]).encode(), "deep": b"[" * 50_000, "a long line": b"x" * 200_000,
    "many columns": b";".join([b"x"] * 20_000), "marks": "\ufeff\ufeff\u202e;\u0301\u0301\n".encode(), 
    "many lines": b"a;b\n" * 30_000,
}  # fmt: skip
FORMS: dict[str, bytes] = {
    "another field": form(('Content-Disposition: form-data; name="picture"; filename="a.csv"', b"a")),
    "two files": form((_OF_A_FILE, b"a;b"), (_OF_A_FILE, b"a;b")),
    "a text": form(('Content-Disposition: form-data; name="file"', MARK.encode())),
    "no name": form(("Content-Disposition: form-data", b"a")),
    "no disposition": form(("Content-Type: text/csv", b"a")),
    "many fields": form(*[(f'Content-Disposition: form-data; name="f{n}"', b"a") for n in range(2_000)]),
    "half": form((_OF_A_FILE, b"a;b"))[:-20],
    "nonsense": form((_OF_A_FILE, bytes(range(256)) * 40)),
}
TAGS = ['W/"1"', '"1", "2"', '"x"', "1", '"999999999999999999999"', "²", "", '"1" "2"', "W/*", f'"{MARK}"', "*, *"]
OFTEN = 14 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else 1
"""So many of the values are tried in each place."""


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a body, and of the first item of its lists."""
    inner = body.items() if isinstance(body, dict) else enumerate(body[:1]) if isinstance(body, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def put(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = at = copy.deepcopy(body)
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


class Odd:
    """Odd requests to one service, and what is wrong with their answers."""

    def __init__(self, service: str, world: World) -> None:
        self.wrong: list[str] = []
        self.refused = 0
        self._service = service
        self._world = world
        self._document = world.running.app.openapi()
        self._values = itertools.cycle(VALUES)
        self._texts = itertools.cycle(TEXTS)
        self._paths = itertools.cycle(PATHS)
        self._raw = itertools.cycle(RAW.items())
        self._tags = itertools.cycle(TAGS)
        self._twice = itertools.cycle(["Content-Type", "If-Match", "Idempotency-Key", "X-Request-Id", "Accept"])

    async def all_of(self, name: str, method: str, path: str) -> None:
        """Send an operation what it does not expect, by somebody who may call it."""
        operation = self._document["paths"][path][method.lower()]
        ids = self._world.ids | self._world.own.get(name, {})
        url = re.sub(r"{(\w+)}", lambda found: ids[found.group(1)], path)
        by = next(
            (one for one in self._world.callers if MAY[self._service][name](one) and one != "anonymous"), "anonymous"
        )
        headers = self._world.callers[by] | {"If-Match": "*", "Content-Type": "application/json"}
        asked = self._world.queries.get(name) or {}

        async def send(what: str, **request: Any) -> None:
            request = {"url": url, "headers": headers, "params": asked} | request
            answer = await self._world.running.client.request(method, **request)
            self._look(f"{name} with {what}", answer, operation)
            if method != "GET" and answer.status_code < 300:
                await self._world.put_back()

        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content and not name.startswith("import_"):
            body = self._world.bodies.get(name) or example(self._world, method, path)
            body = body or content["application/json"].get("example") or {}
            for place in places(body):
                for value in itertools.islice(self._values, OFTEN):
                    await send(f"{place}={str(value)[:30]}", content=json.dumps(put(body, place, value)))
            for what, raw in itertools.islice(self._raw, 4 * OFTEN):
                await send(what, content=raw)
        if content.keys() - {"application/json"}:
            for what, file in FILES.items():
                for kind in ("application/octet-stream", "application/json"):
                    await send(f"{what} as {kind}", headers=headers | {"Content-Type": kind}, content=file)
            for what, parts in FORMS.items():
                of_a_form = {"Content-Type": "multipart/form-data; boundary=x"}
                await send(f"{what} in a form", headers=headers | of_a_form, content=parts)
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                for text in itertools.islice(self._texts, OFTEN):
                    await send(f"?{parameter['name']}={text[:30]}", params={**asked, parameter["name"]: text})
            if parameter["in"] == "path":
                for text in itertools.islice(self._paths, OFTEN):
                    named = ids | {parameter["name"]: text}
                    odd = re.sub(r"{(\w+)}", lambda one, named=named: named[one[1]], path)
                    await send(f"{parameter['name']}={text[:30]} in the path", url=odd)
            if parameter["name"].lower() in ("if-match", "if-none-match"):
                for tag in itertools.islice(self._tags, 3 * OFTEN):
                    await send(f"{parameter['name']}: {tag}", headers=headers | {parameter["name"]: tag.encode()})
        for twice in itertools.islice(self._twice, OFTEN):
            doubled = [*headers.items(), (twice, MARK), (twice, '"1"')]
            await send(f"{twice} twice", headers=doubled)
        await send("an odd Accept", headers=headers | {"Accept": "nonsense, */;q=9"})
        await send(
            "a form", headers=headers | {"Content-Type": "multipart/form-data; boundary=x"}, content=f"--x\r\n{MARK}"
        )
        await send("a packed body", headers=headers | {"Content-Encoding": "gzip"}, content=RAW["gzip"])

    def _look(self, what: str, answer: httpx.Response, operation: dict[str, Any]) -> None:
        wrong = [f"{what}: {answer.status_code} {one}" for one in self._faults(answer, operation)]
        self.wrong += wrong

    def _faults(self, answer: httpx.Response, operation: dict[str, Any]) -> Iterator[str]:
        if answer.status_code >= 500:
            yield answer.text[:200]
        if answer.status_code < 400:
            return
        self.refused += 1
        if str(answer.status_code) not in operation["responses"]:
            yield "is no answer of the document"
        for mark in (MAIL, NUMBER):
            if mark in answer.text:
                yield f"repeats «{mark}»: {answer.text[:300]}"
        if "text/html" in operation["responses"].get("200", {}).get("content", {}):
            return  # a link in a mail: whoever follows it reads a page
        if answer.headers["content-type"] != "application/problem+json":
            yield f"is {answer.headers['content-type']}"
            return
        problem = answer.json()
        if problem["type"] != f"urn:bassin:problem:{problem['code']}" or problem["status"] != answer.status_code:
            yield f"contradicts itself: {problem}"
        for sentence in (problem["title"], problem["detail"], *(one["message"] for one in problem["errors"])):
            if not sentence or MARK in sentence or _ENGLISH.search(sentence) or _NO_SIGN.search(sentence):
                yield f"says «{sentence}»"
        for one in problem["errors"]:
            if not _FIELD.fullmatch(one["field"]):
                yield f"names the field «{one['field']}»"
            if not re.fullmatch(r"[a-z][a-z0-9_-]*", one["rule"]):
                yield f"names the rule «{one['rule']}»"


@pytest.mark.parametrize("service", SERVICES)
async def test_whatever_is_wrong_is_answered_in_french_and_repeated_by_nobody(service: str, stack: Stack) -> None:
    async with world_of(service, stack) as world:
        odd = Odd(service, world)
        for name, method, path in operations(world):
            if name != "stream":
                await odd.all_of(name, method, path)
        assert not odd.wrong, "\n".join(odd.wrong)
        assert odd.refused > 20 or not operations(world)
