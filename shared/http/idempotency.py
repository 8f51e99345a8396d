"""Idempotency-Key on POST: a repeated request gets the first one's answer and has its effect once.

The marker of the key is written in the same transaction as the effect, so a crash between the two is not possible. A crash
between the effect and its answer leaves a marker that says "committed": the repetition is then told so (409), not served anew.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Any

from fastapi import Request
from pymongo import UpdateMany
from pymongo.errors import DuplicateKeyError
from starlette.responses import Response

from shared.auth import Principal
from shared.errors import DomainError, FieldError, Forbidden, Refused
from shared.http.routes import BoundedRoute, Handle
from shared.ids import new_id
from shared.store import Store, Work, request_marker
from shared.store.marker import RequestMarker

# A request that has neither committed nor answered after this long is taken for dead; its attempt is fenced off.
IN_PROGRESS_FOR = timedelta(seconds=30)
MAX_STORED_BYTES = 1_000_000
_FORGOTTEN = {"$unset": {"answer": "", "names": "", "accompanied": "", "shown": ""}, "$set": {"committed": True}}
"""The effect is there, and its answer is given no more."""


_IDS_OF_A_PATTERN = 200
"""A pattern has 32,764 bytes at most."""
_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_NAMED = 300
"""Ids for which an answer is found by index. One with more, one in bytes and one of the release before are looked through."""
_LOOKED_THROUGH: dict[str, Any] = {"names": None}


KEY_PARAMETER: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your own for this request, the same when it is sent again: it has its effect once, and the first "
    "answer is repeated (`Idempotency-Replayed`)",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
"""What the document says of the header, which no endpoint reads itself."""


class KeyReused(DomainError):
    """The key came with another request before."""

    status = 422
    code = "idempotency-key-reused"


class SeveralKeys(DomainError):
    """The header came several times: a proxy may have gone by another of them, and to take one is to guess."""

    status = 400
    code = "several-idempotency-keys"


class InProgress(DomainError):
    """The first request with this key is still being served, or its process died with it a moment ago."""

    status = 409
    code = "request-in-progress"

    def __init__(self, since: timedelta) -> None:
        super().__init__(
            "La même demande (même Idempotency-Key) est encore en cours : attendez un instant, puis réessayez."
        )
        # As long again as it has taken: of two clicks the second has its answer in a second, and where the first one died
        # nobody asks thirty times until its key is free.
        self.retry_after = max(1, ceil(min(since, IN_PROGRESS_FOR - since).total_seconds()))


class AnswerLost(DomainError):
    """The effect of the first request is there, its answer was lost in a crash."""

    status = 409
    code = "already-applied"


class IdempotentRoute(BoundedRoute):
    """Route class of routers whose POSTs honour ``Idempotency-Key``.

    Callers without a token leave no rows: their few POSTs may be repeated.
    """

    async def answer(self, request: Request, principal: Principal | None, handle: Handle) -> Response:
        given = request.headers.getlist("idempotency-key")
        if request.method != "POST" or not given:
            return await handle(request)
        if len(given) > 1:
            raise SeveralKeys(
                "Il faut un seul en-tête Idempotency-Key.",
                errors=[FieldError("header.idempotency-key", "several", "Cet en-tête est donné plusieurs fois.")],
            )
        (key,) = given
        if not 1 <= len(key) <= 200:
            raise Refused(
                "L'en-tête Idempotency-Key doit avoir de 1 à 200 caractères.",
                errors=[FieldError("header.idempotency-key", "length", "De 1 à 200 caractères.")],
            )
        if principal is None:
            return await handle(request)
        return await _serve_once(request, principal, key, handle)


async def _serve_once(request: Request, principal: Principal, key: str, handle: Handle) -> Response:
    store: Store = request.app.state.store
    markers = store.collection("idempotency")
    # By account, so that nobody is replayed somebody else's answer.
    caller = b"subject:" + principal.subject.encode()
    scope = hashlib.sha256(b"\x00".join((caller, request.url.path.encode(), key.encode()))).hexdigest()
    authority = _authority(principal)
    fingerprint = hashlib.sha256(request.url.query.encode() + b"\x00" + await request.body()).hexdigest()
    attempt = new_id()
    now = store.clock.now()
    try:
        await markers.insert_one(
            {"_id": scope, "fingerprint": fingerprint, "attempt": attempt, "at": now, "committed": False}
            | {"authority": authority, "account": _account(principal.subject)}
        )
    except DuplicateKeyError:
        known = await markers.find_one({"_id": scope}) or {}
        if known.get("fingerprint") != fingerprint:
            raise KeyReused(
                "Cette Idempotency-Key a déjà servi pour une autre demande : prenez-en une nouvelle."
            ) from None
        told = await _told(request, principal, known)
        if told is not None:
            return told
        taken = await markers.update_one(
            {"_id": scope, "committed": False, "attempt": known.get("attempt"), "at": {"$lt": now - IN_PROGRESS_FOR}},
            {"$set": {"attempt": attempt, "at": now}},
        )
        if not taken.matched_count:
            raise InProgress(now - known.get("at", now)) from None
    marker = RequestMarker(scope, attempt)
    token = request_marker.set(marker)
    try:
        response = await handle(request)
    except BaseException as error:
        # A refusal changed nothing: the corrected request may use the same key again.
        freed = await markers.delete_one({"_id": scope, "attempt": attempt, "committed": False})
        if isinstance(error, DomainError) and not freed.deleted_count:
            known = await markers.find_one({"_id": scope}) or {}
            if known.get("fingerprint") == fingerprint and known["attempt"] != attempt:
                # Taken for dead, and its repetition is served: what it was refused for is that one's doing.
                told = await _told(request, principal, known)
                if told is not None:
                    return told
                raise InProgress(store.clock.now() - known.get("at", now)) from None
        raise
    finally:
        request_marker.reset(token)
    body = bytes(response.body)
    try:
        kept: str | bytes = body.decode()
    except UnicodeDecodeError:
        kept = body
    if response.status_code < 500 and len(body) <= MAX_STORED_BYTES:
        sent = [[n, v] for n, v in response.headers.items() if n in ("content-type", "etag", "location")]
        # As text, so that ``forget_answers`` finds who it names.
        answer = {"status": response.status_code, "body": kept, "headers": sent}
        kept_for = {"_id": scope, "attempt": attempt, "untold": {"$exists": False}}
        shown = {"shown": sorted(marker.shown)} if marker.shown else {}
        found_by = {"names": _named_in(kept, sent), "accompanied": sorted(marker.accompanied), **shown}
        await markers.update_one(kept_for, {"$set": {"answer": answer, **found_by}})
    return response


async def _told(request: Request, principal: Principal, known: Mapping[str, Any]) -> Response | None:
    """The answer to a request whose effect is there; None while there is none.

    Raises:
        Forbidden: the caller's rights were more when they asked.
        AnswerLost: the answer is given no more.
    """
    if not set(known.get("authority", ())) <= set(_authority(principal)):
        raise Forbidden("Votre compte n'a plus le rôle ou le territoire avec lequel cela a été demandé.") from None
    if "answer" in known:
        people = known.get("accompanied", ())
        if people and not await request.app.state.still_accompanies(principal, people):
            raise AnswerLost(
                "Cette demande a été prise en compte. Sa réponse parle d'une personne pour qui vous n'agissez plus."
            ) from None
        shown = known.get("shown", ())
        if shown and not await request.app.state.still_shown(principal, shown):
            raise AnswerLost(
                "Cette demande a été prise en compte. Sa réponse montre ce qui ne vous est plus montré."
            ) from None
        return _replay(known["answer"])
    if known.get("committed"):
        raise AnswerLost(
            "Cette demande a été prise en compte, mais sa réponse est perdue : relisez ce que vous avez modifié."
        ) from None
    return None


def _named_in(body: str | bytes, headers: Sequence[Sequence[str]]) -> list[str] | None:
    """The ids that an answer and its address name, by which it is found.

    To look through all that is kept for each person who is erased took longer than a transaction lives, once somebody had
    asked twenty thousand times with a key of their own.
    """
    if not isinstance(body, str):
        return None
    found = sorted({one for text in (body, *(value for _, value in headers)) for one in _ID.findall(text)})
    # An empty list would be indexed beside those that have to be looked through.
    return (found or [""]) if len(found) <= _MOST_NAMED else None


def naming(words: Sequence[str]) -> list[dict[str, Any]]:
    """Queries of the kept answers with one of these words in them; by index where it is an id, which may stand in the address."""
    ids = [one for one in words if _ID.fullmatch(one)]
    others = [one for one in words if not _ID.fullmatch(one)]
    found: list[dict[str, Any]] = [{"answer.body": _any_of(others)}] if others else []
    if ids:
        found += [{"names": {"$in": ids}}, {**_LOOKED_THROUGH, "answer.body": _any_of(ids)}]
    return found


def _any_of(words: Sequence[str]) -> dict[str, str]:
    return {"$regex": "|".join(map(re.escape, words))}


def because_accompanied(person_id: str) -> None:
    """Note that the caller is let act for this person because they accompany them, or because the profile is their account's: the
    answer is repeated only while it is so.
    """
    marker = request_marker.get()
    if marker is not None:
        marker.accompanied.add(person_id)


def because_shown(id: str) -> None:
    """Note that the answer shows something (an application) to somebody who reads it only for a time: it is repeated while they
    may read it still (``Parts.still_shown``), and kept until ``forget_answers_that_show``.
    """
    marker = request_marker.get()
    if marker is not None:
        marker.shown.add(id)


def forget_answers_at(work: Work, id: str, location: str) -> None:
    """With the commit that erases what an answer's ``Location`` leads to: ``id`` stands in it. Its body may name nothing."""
    there = {**_LOOKED_THROUGH, "answer.headers": ["location", location]}
    work.bulk("idempotency", [UpdateMany({"$or": [*naming([id]), there]}, _FORGOTTEN)])


def forget_answers_that_show(work: Work, id: str) -> None:
    """With the commit that ends the showing. An answer that is being made meanwhile is kept, and not repeated."""
    work.bulk("idempotency", [UpdateMany({"shown": id}, _FORGOTTEN)])


def _authority(principal: Principal) -> list[str]:
    """What the caller's rights follow from; an answer is repeated only while all of it holds."""
    roles = (f"role:{role.value}" for role in principal.roles)
    territories = (f"territory:{territory}" for territory in principal.territories)
    organisation = () if principal.organisation is None else (f"organisation:{principal.organisation}",)
    return sorted((*roles, *territories, *organisation))


def _account(subject: str) -> str:
    """Whose answer it is, without naming them."""
    return hashlib.sha256(b"account:" + subject.encode()).hexdigest()


async def forget_answers_to(store: Store, subject: str) -> None:
    """Let go of what an account was answered here: it acts no longer for whom it was answered.

    Roles and territories are in its token and compared at each repetition; a membership is not.
    """
    markers = store.collection("idempotency")
    own = {"account": _account(subject)}
    await _keep_none_that_is_being_made(store, own)
    await markers.update_many({**own, "answer": {"$exists": True}}, _FORGOTTEN)


def forget_answers_in(work: Work, accounts: Collection[str], ids: Sequence[str]) -> None:
    """With the commit that erases somebody, so that a process which dies right after it leaves nothing behind: what these
    accounts were answered, answers that name one of ``ids``, and what is being made now, which is given and not kept. An answer
    in bytes is found by ``forget_answers`` alone.
    """
    told = {"account": {"$in": [_account(one) for one in accounts]}, "answer": {"$exists": True}}
    changes = [UpdateMany(_BEING_MADE, {"$set": {"untold": True}}), UpdateMany(told, _FORGOTTEN)]
    for at in range(0, len(ids), _IDS_OF_A_PATTERN):
        some = ids[at : at + _IDS_OF_A_PATTERN]
        changes.append(UpdateMany({"$or": [*naming(some), {"accompanied": {"$in": some}}]}, _FORGOTTEN))
    work.bulk("idempotency", changes)


_BEING_MADE: dict[str, Any] = {**_LOOKED_THROUGH, "answer": {"$exists": False}}


async def _keep_none_that_is_being_made(store: Store, query: Mapping[str, Any]) -> None:
    """Requests that are being served now read what has to be let go of: their answers are given, and not kept."""
    await store.collection("idempotency").update_many({**query, **_BEING_MADE}, {"$set": {"untold": True}})


async def forget_answers(store: Store, *ids: str) -> int:
    """Let go of kept answers that name one of these ids (somebody who was erased); returns how many.

    Their effects are there: who repeats such a request is told so (409), and reads nothing of the person any more.
    """
    await _keep_none_that_is_being_made(store, {})
    return await forget_answers_with(store, *ids)


async def forget_answers_with(store: Store, *words: str, of: str = "") -> int:
    """The same of what was taken out, and was answered before: no answer that is being made now can hold it any more. ``of``: of
    answers only that name this id as well. Words that somebody chose stand in answers to others, who lose theirs by no word.
    """
    markers = store.collection("idempotency")
    named = {"$or": naming([of])} if of else {}
    forgotten = 0
    for word in words:
        theirs = {"$or": [*naming([word]), {"accompanied": word}]}
        found = await markers.update_many({"$and": [named, theirs]}, _FORGOTTEN)
        forgotten += found.modified_count
        async for row in markers.find({**_LOOKED_THROUGH, "answer.body": {"$type": "binData"}}, {"answer.body": 1}):
            if all(one.encode() in row["answer"]["body"] for one in (word, of)):
                await markers.update_one({"_id": row["_id"]}, _FORGOTTEN)
                forgotten += 1
    return forgotten


def _replay(answer: dict[str, Any]) -> Response:
    headers = dict(answer["headers"]) | {"Idempotency-Replayed": "true"}
    return Response(answer["body"], status_code=answer["status"], headers=headers)
