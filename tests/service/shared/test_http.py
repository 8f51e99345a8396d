"""The HTTP rules that all services share."""

import asyncio
import base64
import hashlib
import re
from datetime import timedelta
from typing import Annotated, Any

import pytest
from fastapi import Body, Response

from shared.http import (
    Caller,
    forget_answers,
    forget_answers_at,
    forget_answers_to,
    forget_answers_with,
    idempotency,
    resource,
)
from shared.rights.holdings import KEPT_ANSWERS, Whose
from shared.store import Work
from tests.service.shared.sample import make_service
from tests.support import Running, Stack, eventually

SAMPLE = make_service(consume=False)


@pytest.fixture
async def service(stack: Stack):
    async with stack.running(SAMPLE) as running:
        yield running


@pytest.fixture
def user(stack: Stack) -> dict[str, str]:
    return stack.token("manager", subject="m1")


async def test_a_refusal_names_field_and_rule(service: Running, user: dict[str, str]) -> None:
    answer = await service.client.post("/v1/things", json={"title": "", "hours": "1.005"}, headers=user)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "validation"
    assert {error["field"] for error in problem["errors"]} == {"title", "hours"}
    assert all(error["rule"] and error["message"] for error in problem["errors"])
    assert problem["instance"] == answer.headers["x-request-id"]


async def test_what_is_told_to_who_shows_a_token_is_kept_by_nobody(service: Running, user: dict[str, str]) -> None:
    """Browsers keep what they are not told to forget, and the next person sits at the same computer."""
    made = await service.client.post("/v1/things", json={"title": "un"}, headers=user)
    where = f"/v1/things/{made.json()['id']}"
    private = [
        made,
        await service.client.get(where, headers=user),
        await service.client.get("/v1/nowhere", headers=user),
    ]
    assert [answer.headers.get("cache-control") for answer in private] == ["no-store"] * 3
    assert "cache-control" not in (await service.client.get("/health/live")).headers


async def test_domain_refusals_and_malformed_bodies_are_problems(service: Running, user: dict[str, str]) -> None:
    refused = await service.client.post("/v1/things", json={"title": "interdit"}, headers=user)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "forbidden-word")
    malformed = await service.client.post(
        "/v1/things", content=b"{", headers=user | {"content-type": "application/json"}
    )
    assert (malformed.status_code, malformed.json()["code"]) == (400, "malformed-json")
    assert (await service.client.get("/nowhere")).headers["content-type"] == "application/problem+json"


async def test_a_body_of_another_kind_is_415_with_what_is_taken(service: Running, user: dict[str, str]) -> None:
    made = await service.client.post("/v1/things", json={"title": "un"}, headers=user)
    where = f"/v1/things/{made.json()['id']}"
    json, form = b'{"title": "deux"}', "application/x-www-form-urlencoded"
    for method, url, tells in (("POST", "/v1/things", "accept-post"), ("PATCH", where, "accept-patch")):
        for kind in ("text/plain", form, "text/json", "application/jsonp", None):
            headers = user | {"If-Match": "*"} | ({} if kind is None else {"Content-Type": kind})
            answer = await service.client.request(method, url, content=json, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type"), kind
            assert answer.headers[tells] == "application/json"
        for coding in ("gzip", "br", "identity, zstd"):
            headers = user | {"If-Match": "*", "Content-Type": "application/json", "Content-Encoding": coding}
            answer = await service.client.request(method, url, content=json, headers=headers)
            assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity"), coding
        for good in ({"Content-Type": "application/merge-patch+json; charset=utf-8"}, {"Content-Encoding": "identity"}):
            headers = user | {"If-Match": "*", "Content-Type": "application/json"} | good
            answer = await service.client.request(method, url, content=json, headers=headers)
            assert answer.status_code < 300, good
    # Nothing was sent, so nothing is of the wrong kind.
    none = await service.client.post("/v1/things", headers=user)
    assert (none.status_code, none.json()["code"]) == (422, "validation")


async def test_another_method_is_405_with_all_that_the_address_has(service: Running, user: dict[str, str]) -> None:
    """The list has a route for each of its methods."""
    for method in ("DELETE", "PUT", "OPTIONS", "PROPFIND"):
        answer = await service.client.request(method, "/v1/things", headers=user)
        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
        assert answer.headers["allow"] == "GET, HEAD, POST"
    other = await service.client.post("/health/live")
    assert (other.status_code, other.json()["detail"]) == (405, "Cette adresse ne permet pas cette opération.")
    nowhere = await service.client.delete("/v1/nothing")
    assert (nowhere.status_code, nowhere.json()["detail"]) == (404, "Rien ne se trouve à cette adresse.")


async def test_no_token_is_401_and_a_bad_one_too(service: Running) -> None:
    assert (await service.client.get("/v1/things")).status_code == 401
    answer = await service.client.get("/v1/things", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert "Bearer" in answer.headers["www-authenticate"]


async def test_a_token_is_shown_as_one_and_is_no_longer_than_any(service: Running, user: dict[str, str]) -> None:
    held = user["Authorization"].removeprefix("Bearer ")
    for shown, said in (
        (f"Basic {held}", "Bearer <token>"),
        ("Bearer", "Bearer <token>"),
        ("Bearer " + "x" * 16_001, "16000"),
    ):
        answer = await service.client.get("/v1/things", headers={"Authorization": shown})
        assert (answer.status_code, said in answer.text) == (401, True), answer.text


async def test_of_two_tokens_none_is_chosen(service: Running, stack: Stack, user: dict[str, str]) -> None:
    other = stack.token("operator", subject="other")
    for first, second in ((user, other), (other, user), (user, user)):
        headers = [(name, value) for one in (first, second) for name, value in one.items()]
        answer = await service.client.get("/v1/things", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_idempotency_key_repeats_the_answer_and_not_the_effect(service: Running, user: dict[str, str]) -> None:
    headers = user | {"Idempotency-Key": "k1"}
    first = await service.client.post("/v1/things", json={"title": "un"}, headers=headers)
    again = await service.client.post("/v1/things", json={"title": "un"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert await service.store.collection("things").count_documents({}) == 1
    other = await service.client.post("/v1/things", json={"title": "deux"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_key_has_some_characters_and_not_too_many(service: Running, user: dict[str, str]) -> None:
    for key, status in (("", 422), ("k" * 201, 422), ("k" * 200, 201)):
        answer = await service.client.post("/v1/things", json={"title": "a"}, headers=user | {"Idempotency-Key": key})
        assert answer.status_code == status, answer.text


async def test_of_two_keys_none_is_taken(service: Running, user: dict[str, str]) -> None:
    for second in ("other", "k"):
        headers = [*user.items(), ("Idempotency-Key", "k"), ("Idempotency-Key", second)]
        answer = await service.client.post("/v1/things", json={"title": "a"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "several-idempotency-keys")
    assert await service.store.collection("things").count_documents({}) == 0
    assert await service.store.collection("idempotency").count_documents({}) == 0


async def test_a_refused_request_frees_its_key(service: Running, user: dict[str, str]) -> None:
    headers = user | {"Idempotency-Key": "k2"}
    assert (await service.client.post("/v1/things", json={"title": ""}, headers=headers)).status_code == 422
    assert (await service.client.post("/v1/things", json={"title": "bon"}, headers=headers)).status_code == 201


async def test_nobody_gets_the_answer_of_another_caller(service: Running, stack: Stack, user: dict[str, str]) -> None:
    key = {"Idempotency-Key": "shared"}
    mine = await service.client.post("/v1/things", json={"title": "a"}, headers=user | key)
    theirs = await service.client.post(
        "/v1/things", json={"title": "a"}, headers=stack.token("manager", subject="m2") | key
    )
    assert mine.json()["id"] != theirs.json()["id"]
    forged = await service.client.post("/v1/things", json={"title": "a"}, headers=key | {"Authorization": "Bearer x.y"})
    assert forged.status_code == 401


async def test_a_key_is_of_one_address_and_of_one_question(service: Running, user: dict[str, str]) -> None:
    router = resource("/v1")

    @router.post("/{kind}/turns")
    async def turns(kind: str, caller: Caller, times: int = 1) -> dict[str, str]:
        return {"turned": kind * times}

    service.app.include_router(router)
    headers = user | {"Idempotency-Key": "one"}
    for kind in ("a", "b"):
        answer = await service.client.post(f"/v1/{kind}/turns", headers=headers)
        assert answer.json() == {"turned": kind}
    other = await service.client.post("/v1/a/turns", params={"times": 2}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_file_that_names_who_was_forgotten_is_not_given_again(service: Running, user: dict[str, str]) -> None:
    """An answer that is no text is kept in bytes, where no pattern of the database looks."""
    router = resource("/v1")

    @router.post("/files/{name}")
    async def files(name: str, caller: Caller) -> Response:
        return Response(b"\xff\xfe" + name.encode(), media_type="application/octet-stream")

    service.app.include_router(router)
    headers = user | {"Idempotency-Key": "file"}
    for name in ("Camille", "Dominique"):
        await service.client.post(f"/v1/files/{name}", headers=headers)
    assert await forget_answers(service.store, "Camille") == 1
    gone = await service.client.post("/v1/files/Camille", headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (409, "already-applied")
    kept = await service.client.post("/v1/files/Dominique", headers=headers)
    assert (kept.status_code, kept.content) == (200, b"\xff\xfeDominique")


async def test_who_is_forgotten_is_found_without_looking_through_all_that_is_kept(
    service: Running, user: dict[str, str]
) -> None:
    """Twenty thousand answers that somebody had kept under keys of their own let nobody be erased any more."""
    router = resource("/v1")

    @router.post("/lists")
    async def lists(caller: Caller, sent: Annotated[list[str], Body()]) -> list[str]:
        return sent

    service.app.include_router(router)
    erased, company = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e", "019a3f60-5c1e-7a34-9d8f-000000000001"
    others = [f"019a3f60-5c1e-7a34-9d8f-2f6f0a9c{number:04x}" for number in range(400)]
    answers = {
        "in a link": [f"/v1/profiles/{erased}/cv", company],
        "among very many": [*others, erased],
        "of the release before": [erased],
        "of somebody else": [others[0]],
        **{f"another {number}": [one] for number, one in enumerate(others[:60])},
        "of nobody": [],
    }
    markers = service.store.collection("idempotency")
    for key, sent in answers.items():
        answer = await service.client.post("/v1/lists", json=sent, headers=user | {"Idempotency-Key": key})
        assert answer.json() == sent
        if key == "of the release before":
            [row] = await markers.find({"names": [erased]}).to_list(None)
            await markers.update_one({"_id": row["_id"]}, {"$unset": {"names": ""}})

    seen: list[int] = []
    for words, of in (([erased], ""), (["Zoé"], company)):
        named = {"$or": idempotency.naming([of])} if of else {}
        query = {"$and": [named, {"$or": [*idempotency.naming(words), {"accompanied": {"$in": words}}]}]}
        plan = {"find": "idempotency", "filter": query}
        explained = await service.store.database.command("explain", plan, verbosity="executionStats")
        seen.append(explained["executionStats"]["totalDocsExamined"])
    assert max(seen) < 10, seen

    async def left() -> set[str]:
        found = set()
        for key, sent in answers.items():
            again = await service.client.post("/v1/lists", json=sent, headers=user | {"Idempotency-Key": key})
            assert again.status_code in (200, 409), again.text
            found |= {key} if again.status_code == 200 else set()
        return found

    assert await forget_answers_with(service.store, "/cv", of=company) == 1
    assert await left() == answers.keys() - {"in a link"}
    assert await forget_answers(service.store, erased) == 2
    assert await left() == answers.keys() - {"in a link", "among very many", "of the release before"}
    work = Work()
    idempotency.forget_answers_in(work, [], others[:3])
    await service.store.commit(work)
    gone = {"of somebody else", "another 0", "another 1", "another 2"}
    assert await left() == answers.keys() - {"in a link", "among very many", "of the release before"} - gone
    assert await markers.count_documents({"names": {"$in": [erased, *others[:3]]}}) == 0


async def test_an_answer_whose_address_alone_names_who_is_erased_goes_with_them(
    service: Running, user: dict[str, str]
) -> None:
    router, erased = resource("/v1"), "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"

    @router.post("/limits")
    async def limits(caller: Caller, response: Response, whose: str) -> list[str]:
        response.headers["Location"] = f"/v1/profiles/{whose}"
        return ["noise"]

    service.app.include_router(router)
    markers = service.store.collection("idempotency")
    for key, whose in (("a", erased), ("b", erased), ("c", "019a3f60-5c1e-7a34-9d8f-000000000001")):
        await service.client.post("/v1/limits", params={"whose": whose}, headers=user | {"Idempotency-Key": key})
    # One as the release before kept it.
    old = await markers.find_one({"answer.headers": ["location", f"/v1/profiles/{erased}"]})
    await markers.update_one({"_id": old["_id"]}, {"$unset": {"names": ""}})
    assert await markers.count_documents(KEPT_ANSWERS.query(Whose(erased))) == 1
    work = Work()
    forget_answers_at(work, erased, f"/v1/profiles/{erased}")
    await service.store.commit(work)
    assert await markers.count_documents({"answer": {"$exists": True}}) == 1
    assert erased not in str(await markers.find({}).to_list(None))


async def test_of_a_request_that_was_taken_over_nothing_is_committed(
    service: Running, user: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, markers, held, goes_on = service.store.commit, service.store.collection("idempotency"), [], asyncio.Event()

    async def the_first_waits(work: Any) -> Any:
        if not held:
            held.append(work)
            await goes_on.wait()
        return await commit(work)

    monkeypatch.setattr(service.store, "commit", the_first_waits)
    headers = user | {"Idempotency-Key": "slow"}
    slow = asyncio.create_task(service.client.post("/v1/things", json={"title": "x"}, headers=headers))
    await eventually(lambda: held)
    await markers.update_one({}, {"$set": {"at": service.store.clock.now() - timedelta(minutes=1)}})
    again = await service.client.post("/v1/things", json={"title": "x"}, headers=headers)
    goes_on.set()
    # It is the same request: nobody else was faster, as a 412 says.
    late = await slow
    assert (again.status_code, late.status_code, late.json()) == (201, 201, again.json())
    assert late.headers["Idempotency-Replayed"] == "true"
    assert [row["_id"] async for row in service.store.collection("things").find({})] == [again.json()["id"]]
    repeated = await service.client.post("/v1/things", json={"title": "x"}, headers=headers)
    assert repeated.json() == again.json()


async def test_a_request_that_was_taken_over_waits_for_the_one_that_is_served(
    service: Running, user: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, markers = service.store.commit, service.store.collection("idempotency")
    held, first, second = list[Any](), asyncio.Event(), asyncio.Event()

    async def waits(work: Any) -> Any:
        held.append(work)
        await (first if len(held) == 1 else second).wait()
        return await commit(work)

    monkeypatch.setattr(service.store, "commit", waits)
    headers, thing = user | {"Idempotency-Key": "slow"}, {"title": "x"}
    slow = asyncio.create_task(service.client.post("/v1/things", json=thing, headers=headers))
    await eventually(lambda: held)
    await markers.update_one({}, {"$set": {"at": service.store.clock.now() - timedelta(minutes=1)}})
    again = asyncio.create_task(service.client.post("/v1/things", json=thing, headers=headers))
    await eventually(lambda: len(held) == 2)
    first.set()
    late = await slow
    assert (late.status_code, late.json()["code"]) == (409, "request-in-progress")
    assert int(late.headers["Retry-After"]) >= 1
    second.set()
    assert (await again).status_code == 201
    assert await service.store.collection("things").count_documents({}) == 1


async def test_twenty_repetitions_at_once_have_one_effect(service: Running, user: dict[str, str]) -> None:
    headers = user | {"Idempotency-Key": "burst"}
    answers = await asyncio.gather(
        *(service.client.post("/v1/things", json={"title": "x"}, headers=headers) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert any(answer.status_code == 201 for answer in answers)
    assert await service.store.collection("things").count_documents({}) == 1


async def test_an_effect_whose_answer_was_lost_is_not_repeated(service: Running, user: dict[str, str]) -> None:
    headers = user | {"Idempotency-Key": "crash"}
    await service.client.post("/v1/things", json={"title": "x"}, headers=headers)
    # What a kill between the commit and the stored answer leaves behind.
    await service.store.collection("idempotency").update_one({}, {"$unset": {"answer": ""}})
    again = await service.client.post("/v1/things", json={"title": "x"}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "already-applied")
    assert await service.store.collection("things").count_documents({}) == 1


async def test_whose_first_request_died_waits_as_long_again_until_the_key_is_free(
    service: Running, user: dict[str, str]
) -> None:
    headers, thing = user | {"Idempotency-Key": "killed"}, {"title": "x"}
    await service.client.post("/v1/things", json=thing, headers=headers)
    # What a kill before the commit leaves behind, a moment ago: a second click is told to come back in a second, not in thirty.
    markers = service.store.collection("idempotency")
    await markers.update_one({}, {"$unset": {"answer": ""}, "$set": {"committed": False}})
    over, waits = 0, []
    while True:
        begun = service.store.clock.now() - timedelta(seconds=over)
        await markers.update_one({}, {"$set": {"at": begun}})
        waiting = await service.client.post("/v1/things", json=thing, headers=headers)
        if waiting.status_code == 201:
            break
        assert (waiting.status_code, waiting.json()["code"]) == (409, "request-in-progress")
        waits.append(int(waiting.headers["retry-after"]))
        over += waits[-1]
    assert (waits[0], sum(waits) <= 33, len(waits) <= 9) == (1, True, True), waits


@pytest.mark.parametrize("way", ["person", "account"])
async def test_an_answer_that_is_made_while_somebody_is_forgotten_is_not_kept(
    service: Running, user: dict[str, str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    commit = service.store.commit

    async def then_forgotten(work: Any) -> Any:
        done = await commit(work)
        # What they asked is committed; their erasure, or the end of the account's membership, comes before the answer.
        await (forget_answers(service.store, "Camille") if way == "person" else forget_answers_to(service.store, "m1"))
        return done

    monkeypatch.setattr(service.store, "commit", then_forgotten)
    headers = user | {"Idempotency-Key": "late"}
    first = await service.client.post("/v1/things", json={"title": "Camille"}, headers=headers)
    assert first.status_code == 201
    [kept] = [row async for row in service.store.collection("idempotency").find({})]
    assert "Camille" not in str(kept)
    again = await service.client.post("/v1/things", json={"title": "Camille"}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "already-applied")


async def test_updates_need_the_version_they_are_based_on(service: Running, user: dict[str, str]) -> None:
    created = await service.client.post("/v1/things", json={"title": "v"}, headers=user)
    url = f"/v1/things/{created.json()['id']}"
    assert (await service.client.patch(url, json={"title": "w"}, headers=user)).status_code == 428
    good = await service.client.patch(url, json={"title": "w"}, headers=user | {"If-Match": created.headers["etag"]})
    assert (good.status_code, good.headers["etag"]) == (200, '"2"')
    stale = await service.client.patch(url, json={"title": "z"}, headers=user | {"If-Match": created.headers["etag"]})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)


async def test_of_updates_at_once_one_wins_and_none_is_lost(service: Running, user: dict[str, str]) -> None:
    created = await service.client.post("/v1/things", json={"title": "v"}, headers=user)
    url = f"/v1/things/{created.json()['id']}"
    headers = user | {"If-Match": created.headers["etag"]}
    answers = await asyncio.gather(
        *(service.client.patch(url, json={"title": f"w{n}"}, headers=headers) for n in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


async def test_pages_follow_a_cursor_to_the_end(service: Running, user: dict[str, str]) -> None:
    made = {
        (await service.client.post("/v1/things", json={"title": f"t{n}"}, headers=user)).json()["id"] for n in range(7)
    }
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await service.client.get("/v1/things", params=query, headers=user)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 7
    assert set(seen) == made
    bad = await service.client.get("/v1/things", params={"cursor": "%%%"}, headers=user)
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "query.cursor")


async def test_a_body_over_the_limit_is_refused(service: Running, user: dict[str, str]) -> None:
    declared = await service.client.post("/v1/things", json={"title": "x" * 2_100_000}, headers=user)
    assert (declared.status_code, declared.json()["code"]) == (413, "body-too-large")

    async def chunks():
        for _ in range(30):
            yield b"x" * 100_000

    streamed = await service.client.post(
        "/v1/things", content=chunks(), headers=user | {"content-type": "application/json"}
    )
    assert (streamed.status_code, streamed.json()["code"]) == (413, "body-too-large")
    assert streamed.json()["title"] == "Contenu trop volumineux"


async def test_operations_answer(service: Running) -> None:
    assert (await service.client.get("/health/live")).json() == {"status": "ok"}
    assert (await service.client.head("/health/live")).status_code == 200
    assert (await service.client.get("/health/ready")).json()["checks"] == {"mongodb": "ok", "keys": "ok"}
    assert "bassin_http_requests_total" in (await service.client.get("/metrics")).text


async def test_the_documentation_page_needs_nobody_elsewhere(service: Running) -> None:
    page = await service.client.get("/docs")
    assert page.status_code == 200
    assert "<script>" in page.text
    named = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert len(named) == 3
    for address in named:
        assert re.fullmatch(r"docs/[a-z-]+\.[a-z]+", address)  # of the service itself, behind whatever prefix
        file = await service.client.get(f"/{address}")
        assert file.status_code == 200
        assert len(file.content) > 1_000
    [script] = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in page.headers["Content-Security-Policy"]
    missing = await service.client.get("/docs/..%2fapp.py")
    assert missing.status_code == 404
    assert missing.headers["Content-Type"] == "application/problem+json"
